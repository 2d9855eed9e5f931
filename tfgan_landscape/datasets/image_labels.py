"""The classes of one's own images: by the folders that they lie in, or by a table beside them."""

import csv
import io
import json
import posixpath

from tfgan_landscape.errors import InputError


def labels_of(store, tops):
  """Returns ({name of an image: index of its class, -1 without}, names of the classes in their order).

  A table decides where there is one, also that there are no labels: StyleGAN's dataset.json, {"labels": [[name, class],
  ...]} or null; or metadata.csv or .jsonl as Hugging Face's imagefolder has them, with `file_name` and `label`. Else
  the folders directly below are the classes, or those directly below the splits' folders.

  Args:
    store: `Store`.
    tops: folders of the splits, such as ['train', 'test']; [] where there are none.

  Raises:
    InputError: a table that cannot be read; images without a row, or rows without an image; images beside folders of
      classes.
  """
  if store.labels is not None:
    found = store.labels
  elif store.tables:
    found = _by_tables(store)
  else:
    found = _by_folders(store, tops)
  names = sorted(set(found.values()))
  places = {name: index for index, name in enumerate(names)}
  return {name: places.get(found.get(name), -1) for name in store.names}, tuple(str(name) for name in names)


def _by_tables(store):
  found = {}
  for file, data in sorted(store.tables.items()):
    where = store.where(file)
    for name, label in _rows(where, file, data):
      path = posixpath.normpath(posixpath.join(posixpath.dirname(file), name))
      if found.setdefault(path, label) != label:
        raise InputError(f'{where} has two labels for {name}, {found[path]} and {label}; keep one')
  if not found:
    return {}
  _matched(store, found)
  kinds = {type(label) for label in found.values()}
  return found if len(kinds) == 1 else {name: str(label) for name, label in found.items()}


def _matched(store, found):
  tables = ', '.join(sorted(store.tables))
  gone, bare = sorted(found.keys() - set(store.names)), sorted(set(store.names) - found.keys())
  if gone:
    raise InputError(f'{store.where(tables)} has a label for {gone[0]}{_more(gone)}, which is not there; correct it')
  if bare:
    raise InputError(f'{store.where(tables)} has no label for {bare[0]}{_more(bare)}; add it, or remove the image')


def _more(names):
  return f' (and {len(names) - 1} more)' if len(names) > 1 else ''


def _rows(where, file, data):
  """Yields (name of an image, its class)."""
  try:
    text = data.decode('utf-8-sig')
    rows = _stylegan(json.loads(text)) if file.endswith('dataset.json') else _metadata(file, text)
    for name, label in rows:
      yield name, _class(where, name, label)
  except InputError:
    raise
  except (ValueError, TypeError, KeyError, RecursionError, csv.Error) as error:
    raise InputError(f'{where} cannot be read ({type(error).__name__}: {str(error)[:80]}); correct it') from error


def _stylegan(content):
  labels = content['labels']
  return labels.items() if isinstance(labels, dict) else [(name, label) for name, label in labels or ()]


def _metadata(file, text):
  if file.endswith('.csv'):
    rows = list(csv.DictReader(io.StringIO(text)))
  else:
    rows = [json.loads(line) for line in text.splitlines() if line.strip()]
  return [(row['file_name'], row['label']) for row in rows if 'label' in row or 'file_name' not in row]


def _class(where, name, label):
  if isinstance(label, str) and label.strip():
    return int(label) if label.strip().isdecimal() else label.strip()
  if isinstance(label, int) and not isinstance(label, bool):
    return label
  raise InputError(f'{where}: the label of {name} is {label!r}; give a whole number or a name')


def _by_folders(store, tops):
  if not any('/' in _below(name, tops) for name in store.names):
    return {}
  found = {}
  for name in store.names:
    folder, _, rest = _below(name, tops).partition('/')
    if not rest:
      raise InputError(f'{store.where(name)} lies beside folders of classes: move it into one of them')
    found[name] = folder
  return found


def _below(name, tops):
  """The part of a name below the folder of its split."""
  top, _, rest = name.partition('/')
  return rest if top in tops else name
