"""The curves of a run, and how figures are kept."""

import numpy as np

from tfgan_landscape.reporting import curves, figures, images

LINES = '\n'.join(
  [
    '{"step": 10, "generator_loss": 0.7, "discriminator_loss": 1.2, "real_logit": 0.1}',
    '{"step": 20, "generator_loss": 0.8, "discriminator_loss": null}',
    '{"step": 20, "ema/fid_10k_test": 9.0, "ema/fid_10k_test_std": 1.0, "raw/fid_10k_test": 4.5, "seed": 0}',
    '{"step": 30, "generator_lo',
  ]
)


def test_series_are_read_and_what_is_cut_or_null_left_out(tmp_path):
  (tmp_path / 'scores.jsonl').write_text(LINES)
  series = curves.read(tmp_path / 'scores.jsonl')
  assert series['generator_loss'] == [(10, 0.7), (20, 0.8)]
  assert series['discriminator_loss'] == [(10, 1.2)]
  assert series['ema/fid_10k_test'] == [(20, 9.0)]


def test_a_drawing_is_a_png_and_an_svg_and_the_same_every_time(tmp_path):
  (tmp_path / 'scores.jsonl').write_text(LINES)
  series = curves.read(tmp_path / 'scores.jsonl')
  for name in ('a', 'b'):
    curves.draw(tmp_path / f'{name}.png', series, 'run')
  picture = images.read_png(tmp_path / 'a.png')
  assert picture.shape[1] > 1.5 * picture.shape[0]  # losses and FID side by side
  svg = (tmp_path / 'a.svg').read_bytes()
  assert svg.startswith(b'<?xml')
  assert svg == (tmp_path / 'b.svg').read_bytes()


def test_weights_of_mixtures_have_a_panel_of_their_own(tmp_path):
  losses = {'generator_loss': [(1, 0.5), (2, 0.4)]}
  weights = {f'{player}_weight/{index}': [(1, 0.5)] for player in ('generator', 'discriminator') for index in range(2)}
  widths = []
  for series in (losses, losses | weights):
    curves.draw(tmp_path / 'curves.png', series, 'run')
    widths.append(images.read_png(tmp_path / 'curves.png').shape[1])
  assert widths[1] > 1.9 * widths[0]


def test_runs_are_compared_score_by_score(tmp_path):
  def run(*scores):
    return {f'ema/{score}': [(1, 2.0), (2, 1.0)] for score in scores} | {'raw/fid_4': [(1, 9.0)], 'loss': [(1, 0.5)]}

  widths = []
  for runs in (
    {'a': [run('fid_4')] * 2, 'b': [run('fid_4')]},
    {'a': [run('fid_4')], 'b': [run('fid_4', 'kid_4', 'kid_4_std')]},
  ):
    curves.compare(tmp_path / 'curves.png', runs)
    widths.append(images.read_png(tmp_path / 'curves.png').shape[1])
  assert widths[1] > 1.9 * widths[0] > 1.9 * 300
  assert (tmp_path / 'curves.svg').exists()


def test_runs_without_scores_leave_no_picture(tmp_path):
  curves.compare(tmp_path / 'curves.png', {'a': [{'loss': [(1, 0.5)]}], 'b': [{}]})
  assert not list(tmp_path.iterdir())


def test_a_figure_makes_its_folder(tmp_path):
  figures.save(figures.new(1, 1), tmp_path / 'deep/er/figure.png')
  assert {path.name for path in (tmp_path / 'deep/er').iterdir()} == {'figure.png', 'figure.svg'}


def test_a_strip_has_a_row_for_each_time():
  pictures = [images.image_grid(np.full([64, 4, 4, 3], level, np.float32)) for level in (-1, 0, 1)]
  strip = images.strip(pictures)
  height = pictures[0].shape[0] // 8
  assert strip.shape == (3 * height, pictures[0].shape[1], 3)
  assert strip[height // 2, strip.shape[1] // 16, 0] == 0


def test_few_of_many_are_the_first_the_last_and_some_between():
  assert images.evenly([3, 1, 2]) == [3, 1, 2]
  assert images.evenly(range(101), most=5) == [0, 25, 50, 75, 100]
  assert len(images.evenly(range(1000))) == 16


def test_a_damaged_png_is_none(tmp_path):
  (tmp_path / 'a.png').write_bytes(b'\x89PNG')
  assert images.read_png(tmp_path / 'a.png') is None
  assert images.read_png(tmp_path / 'none.png') is None
