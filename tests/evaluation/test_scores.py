"""Scores against values done by hand; features are the pixels themselves, so that every number is known."""

import json

import gin
import numpy as np
import pytest
import scipy.linalg
import tensorflow as tf

from tfgan_landscape.errors import InputError
from tfgan_landscape.evaluation.features import Features
from tfgan_landscape.evaluation.network_scores import short
from tfgan_landscape.evaluation.scores import Evaluation, classifier_share

# Mean (1, 1), unbiased covariance 4/3 I.
REAL = [(0, 0), (2, 0), (0, 2), (2, 2)]
# Mean (6, 3), unbiased covariance 12 I.
FAKE = [(3, 0), (9, 0), (3, 6), (9, 6)]


def _images(rows):
  return np.asarray(rows, np.uint8)[:, None, :, None]


class Pixels:
  """Features callable: pool = pixels; logits = 50 for the class that the first pixel names, else 0."""

  def __init__(self, classes=16, scale=50.0, **protocol):
    self.classes, self.scale, self.images = classes, scale, 0
    self.protocol = {'name': 'inception', **protocol}

  def __call__(self, labelled, cache_dir):
    return Features(self.extract, self.protocol)

  def extract(self, images):
    self.images += len(images)
    flat = tf.cast(tf.reshape(images, [len(images), -1]), tf.float32)
    return self.scale * tf.one_hot(tf.cast(flat[:, 0], tf.int32), self.classes), flat


@pytest.fixture
def build(tmp_path, examples):
  """Builds an Evaluation of real rows of pixels; the Inception Score takes as many images as FID."""

  def _build(real=REAL, features=None, **settings):
    count = settings.get('fid_count', len(real))
    settings = {
      'fid_count': count,
      'inception_score_count': count,
      'inception_score_splits': 1,
      **settings,
    }
    return Evaluation(
      lambda split: examples(_images(real), split=split),
      None,
      str(tmp_path),
      features or Pixels(),
      **settings,
    )

  return _build


def _sampler(rows, batch_size=3):
  images = _images(rows)
  return lambda count: (images[start : start + batch_size] for start in range(0, len(images), batch_size))


def _score(evaluation, rows, **sampler):
  return {score.name.split('_')[0]: score for score in evaluation.score(_sampler(rows, **sampler))}


def test_fid_of_a_set_with_itself_is_zero(build):
  assert _score(build(), REAL)['fid'].value == pytest.approx(0, abs=1e-6)


def test_fid_of_two_clouds_is_the_closed_form(build):
  # |(6, 3) - (1, 1)|^2 = 29; each dimension adds 4/3 + 12 - 2 sqrt(4/3 12) = 16/3.
  assert _score(build(), FAKE)['fid'].value == pytest.approx(29 + 2 * 16 / 3, abs=1e-9)


def test_fid_agrees_with_scipy_in_float64(build):
  random = np.random.default_rng(0)
  mix = random.normal(size=(24, 24))
  clouds = [np.clip(128 + 8 * random.normal(size=(300, 24)) @ mix, 0, 255).astype(np.uint8) for _ in range(2)]
  clouds[1] = clouds[1] // 2 + 40
  (mean, covariance), (other_mean, other_covariance) = [
    (cloud.mean(axis=0, dtype=np.float64), np.cov(cloud, rowvar=False)) for cloud in clouds
  ]
  root = scipy.linalg.sqrtm(covariance @ other_covariance).real
  expected = np.sum((mean - other_mean) ** 2) + np.trace(covariance + other_covariance - 2 * root)
  assert _score(build(clouds[0], fid_count=300), clouds[1])['fid'].value == pytest.approx(expected, rel=1e-9)


def test_inception_score_of_k_balanced_classes_is_k(build):
  rows = [(label, 0) for label in (0, 1, 2, 3, 4)] * 2
  assert _score(build(rows), rows)['inception'].value == pytest.approx(5, abs=1e-9)


def test_inception_score_of_one_class_is_one(build):
  rows = [(3, position) for position in range(6)]
  assert _score(build(rows), rows)['inception'].value == pytest.approx(1, abs=1e-9)


def test_inception_score_is_mean_and_deviation_over_the_splits(build):
  # The first half has one class (score 1), the second two in equal parts (score 2).
  rows = [(0, 0)] * 4 + [(0, 0), (1, 0)] * 2
  score = _score(build(rows, inception_score_splits=2), rows)['inception']
  assert score.value == pytest.approx(1.5, abs=1e-9)
  assert score.std == pytest.approx(0.5, abs=1e-9)


def test_kid_of_two_points_is_the_kernel_by_hand(build):
  # k(x, y) = (x y / 2 + 1)^3: k(real, real) = 1, k(fake, fake) = (4 / 2 + 1)^3 = 27, k(real, fake) = 1.
  score = _score(build([(0, 0)] * 4), [(2, 0)] * 4)['kid']
  assert score.value == pytest.approx(1 + 27 - 2, abs=1e-9)
  assert score.std is None


def test_kid_of_one_repeated_image_with_itself_is_zero(build):
  assert _score(build([(2, 5)] * 4), [(2, 5)] * 4)['kid'].value == pytest.approx(0, abs=1e-9)


def test_kid_of_two_draws_of_one_cloud_is_within_its_error_of_zero(build):
  draws = np.random.default_rng(0).integers(0, 16, size=(2, 400, 2))
  same = _score(build(draws[0], kid_block_size=50), draws[1])['kid']
  assert abs(same.value) < 4 * same.std
  moved = _score(build(draws[0], kid_block_size=50), draws[1] // 2)['kid']
  assert moved.value > 4 * moved.std


def test_kid_can_be_left_out(build):
  assert set(_score(build(kid=False), FAKE)) == {'inception', 'fid'}


def test_the_distances_take_the_first_images_and_the_batches_do_not_matter(build):
  rows = REAL + [(15, 15)] * 4
  evaluation = build(inception_score_count=8)
  assert evaluation.count == 8
  for batch_size in (1, 3, 8):
    assert _score(evaluation, rows, batch_size=batch_size)['fid'].value == pytest.approx(0, abs=1e-6)
  # The Inception Score sees all eight: a quarter 0, a quarter 2, half 15.
  entropy = 2 * 0.25 * np.log(4) + 0.5 * np.log(2)
  assert _score(evaluation, rows)['inception'].value == pytest.approx(np.exp(entropy), abs=1e-9)


def test_images_beyond_the_count_change_nothing(build):
  assert _score(build(), REAL + [(9, 9)] * 5)['fid'].value == pytest.approx(0, abs=1e-6)


def test_the_real_images_are_spread_over_a_sorted_split(build):
  rows = [(row, row**2 % 7) for row in range(8)]
  assert _score(build(rows, fid_count=4), rows[1::2])['fid'].value == pytest.approx(0, abs=1e-6)


def test_names_say_the_protocol(build):
  names = [score.name for score in build().score(_sampler(FAKE))]
  assert names == ['inception_score_4', 'fid_4_test', 'kid_4_test']
  evaluation = build(features=Pixels(name='classifier'), test_split='train[:10%]', inception_score_count=6)
  names = [score.name for score in evaluation.score(_sampler(FAKE + REAL))]
  assert names == ['classifier_inception_score_6', 'classifier_fid_4_train_10', 'classifier_kid_4_train_10']
  assert str(evaluation) == 'inception_score_6, fid_4_train_10, kid_4_train_10 by classifier'


@pytest.mark.parametrize(
  ('count', 'name'), [(10_000, '10k'), (50_000, '50k'), (2500, '2500'), (360, '360'), (1000, '1k')]
)
def test_short_counts(count, name):
  assert short(count) == name


def test_the_share_of_each_class_is_counted(build):
  evaluation = build(features=Pixels(classes=3, name='classifier', labels=[5, 7, 9]), inception_score_count=4)
  scores = evaluation.score(_sampler([(0, 0), (1, 0), (1, 1), (1, 0)]))
  assert scores[-1].name == 'classifier_share_4/9'
  assert classifier_share(scores) == {'5': 0.25, '7': 0.75, '9': 0.0}
  assert classifier_share(build().score(_sampler(FAKE))) == {}


def test_the_protocol_is_json_and_holds_what_the_scores_depend_on(build):
  protocol = json.loads(json.dumps(build(features=Pixels(seed=3)).protocol))
  assert protocol['features'] == {'name': 'inception', 'seed': 3}
  assert protocol['real'] == {'name': 'test', 'split': 'test'}
  assert protocol['fid'] == {'count': 4, 'rank_deficient': False}
  assert protocol['inception_score'] == {'count': 4, 'splits': 1}


def test_fewer_images_than_features_are_noted(build):
  assert build(fid_count=2).protocol['fid']['rank_deficient'] is True


def test_real_features_are_computed_once_and_give_the_same_scores(build):
  first, second = Pixels(), Pixels()
  expected = build(features=first).score(_sampler(FAKE))
  assert first.images == 8
  assert build(features=second).score(_sampler(FAKE)) == expected
  assert second.images == 4


def test_other_features_or_another_count_do_not_hit_the_cache(build):
  build()
  for settings in ({'features': Pixels(version=2)}, {'features': Pixels(), 'fid_count': 3}):
    build(**settings)
    assert settings['features'].images == settings.get('fid_count', 4)


def test_gin_binds_the_settings(tmp_path, examples):
  gin.external_configurable(Pixels, 'pixels')
  gin.parse_config("""
    Evaluation.features = @pixels()
    Evaluation.fid_count = 3
    Evaluation.inception_score_count = 20
  """)
  evaluation = Evaluation(lambda split: examples(_images(REAL), split=split), None, str(tmp_path))
  assert evaluation.protocol['fid']['count'] == 3
  assert evaluation.count == 20


@pytest.mark.parametrize(
  ('settings', 'message'),
  [
    ({'fid_count': 5}, r"'test' has 4 images, fewer than the 5 .*Evaluation.fid_count=4"),
    ({'fid_count': 1, 'inception_score_count': 4}, r'Evaluation.fid_count = 1 .* from 2 up'),
    ({'inception_score_count': 1}, r'Evaluation.inception_score_count = 1 .* from 2 up'),
    ({'inception_score_splits': 0}, r'Evaluation.inception_score_splits = 0 .* from 1 '),
    ({'inception_score_splits': 3}, r'inception_score_count=4 cannot be divided .*splits=3'),
  ],
)
def test_counts_that_cannot_be_scored_are_refused_before_features_are_built(build, settings, message):
  def too_early(labelled, cache_dir):
    raise AssertionError('features were built')

  with pytest.raises(InputError, match=message) as caught:
    build(features=too_early, **settings)
  # gin adds where it was called, on lines of its own.
  assert '\n' not in str(caught.value).partition('\n  In call to configurable')[0]


def test_points_are_refused(tmp_path, examples):
  points = examples(np.zeros([4, 2], np.float32))
  with pytest.raises(InputError, match=r'uint8 images.*float32 of shape \(2,\)'):
    Evaluation(lambda split: points, None, str(tmp_path), Pixels(), fid_count=4)


class NotFinite(Pixels):
  """Pixels whose features of white (255) images are not finite."""

  def extract(self, images):
    logits, pool = super().extract(images)
    return logits, tf.where(pool == 255, float('nan'), pool)


def test_nan_in_features_is_refused(build):
  with pytest.raises(InputError, match='features of real images have a NaN'):
    build(real=[*REAL, (255, 0)], features=NotFinite())
  with pytest.raises(InputError, match='features of generated images have a NaN'):
    build(features=NotFinite()).score(_sampler([*FAKE[:3], (0, 255)]))


def test_an_overflow_never_becomes_a_score(build):
  with pytest.raises(InputError, match='inception_score_4 is nan'):
    build(features=Pixels(scale=1e6)).score(_sampler(FAKE))


def test_too_few_generated_images_are_refused(build):
  with pytest.raises(InputError, match='need 4 generated images and got 3'):
    build().score(_sampler(FAKE[:3]))


def test_images_of_another_shape_or_type_are_refused(build):
  with pytest.raises(InputError, match=r'generated images are \(1, 3, 1\) and real ones \(1, 2, 1\)'):
    build().score(_sampler([(0, 0, 0)] * 4))
  with pytest.raises(TypeError, match='uint8'):
    build().score(lambda count: [_images(FAKE).astype(np.float32)])
