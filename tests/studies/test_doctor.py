"""The doctor's study on runs made up by hand, one small study whole, and the doctor at the bed of a training."""

import json
import re
import subprocess
import sys
import types

import numpy as np
import pytest
from test_train_gan import DIGITS, ROOT, bind, lines, run

from tfgan_landscape import losses
from tfgan_landscape.errors import InputError
from tfgan_landscape.evaluation import doctor
from tfgan_landscape.evaluation.signs import SIGNS
from tfgan_landscape.studies.doctor import outcomes, study, treatments
from tfgan_landscape.studies.doctor.outcomes import Case
from tfgan_landscape.studies.gan import diagnose

MODES = {'pair': 2, 'ring': 8}


def made_up(seed, collapsed, modes, telling=True, loss=''):
  """A run whose coverage tells its end at every part, or is the same of all."""
  random = np.random.default_rng([seed, collapsed, *map(ord, loss)])
  coverage = (0.2 if collapsed and telling else 0.8) + 0.1 * random.random(4)
  signs = np.stack([0 * coverage + 0.4, 0 * coverage, 0 * coverage, 1 + 0 * coverage, coverage, coverage], 1)
  covered = np.array(modes // 2 if collapsed else modes)
  return {'signs': signs, 'critic_loss': np.full(4, 0.7), 'covered_then': covered, 'covered': covered}


def course(telling=True, seeds=10):
  runs = {
    (setting, loss, 'none'): [made_up(seed, seed % 2, modes, telling, setting + loss) for seed in range(seeds)]
    for setting, modes in MODES.items()
    for loss in ('JS', 'RS', 'hinge')
  }
  return outcomes.course(runs, MODES)


def test_a_sign_that_tells_is_learned_and_one_that_does_not_is_not():
  for by in ('seed', 'loss', 'setting'):
    found = course()
    assert outcomes.area(found, found.forecasts(by)[:, -1]).value == 1
  blind = course(telling=False)
  assert outcomes.area(blind, blind.forecasts('loss')[:, -1]).value < 0.75


def test_the_area_is_of_pairs_on_the_same_data():
  found = course()
  by_data = np.where(found.groups['setting'] == 'ring', 1.0, 0.0)  # knows the data and nothing of the run
  assert outcomes.area(found, by_data).value == 0.5
  assert np.isnan(outcomes.area(found._replace(collapsed=found.collapsed | True), by_data).value)


def test_a_forecast_has_not_seen_what_it_is_of():
  found = course()
  changed = found._replace(collapsed=np.where(found.groups['loss'] == 'JS', ~found.collapsed, found.collapsed))
  mine = found.groups['loss'] == 'JS'
  np.testing.assert_array_equal(found.forecasts('loss')[mine], changed.forecasts('loss')[mine])
  assert not np.allclose(found.forecasts('loss')[~mine], changed.forecasts('loss')[~mine])


def test_the_ill_are_those_called_so_by_seed_and_not_too_many():
  ill = course().ill('none', most=4)
  assert [seed for (setting, _, _), seed in ill if setting == 'pair'] == [1, 1, 1, 3]
  assert len(ill) == 8
  assert not course().ill('R1', most=4)


def test_diverged_runs_are_left_out():
  runs = {('pair', 'JS', 'none'): [made_up(0, True, 2), made_up(1, False, 2) | {'critic_loss': np.full(4, np.nan)}]}
  assert len(outcomes.course(runs, MODES).collapsed) == 1


def test_calibration_by_hand():
  forecasts = np.array([0.05] * 5 + [0.95] * 5 + [0.5])
  collapsed = np.array([False] * 4 + [True] + [True] * 5 + [True])
  (low, share, count), (high, other, _) = outcomes.calibration(forecasts, collapsed)
  assert (low, share.value, count) == (pytest.approx(0.05), 0.2, 5)
  assert (high, other.value) == (pytest.approx(0.95), 1.0)


def test_treatments_are_ordered_by_even_seeds_and_told_by_odd_ones():
  cases = {
    outcomes.name_of(case): case for case in (Case('pair', 'JS', 'none', cure) for cure in (None, 'good', 'bad'))
  }
  ill = list(range(8))
  before = [made_up(seed, True, 2) for seed in range(8)]
  good = [{'covered': np.array(2 if seed % 2 == 0 or seed == 1 else 1)} for seed in ill]
  bad = [{'covered': np.array(1)} for _ in ill]
  names = {case.cure: name for name, case in cases.items()}
  runs = {names[None]: before, names['good']: good, names['bad']: bad}
  found = treatments.treatments(cases, {names['good']: ill, names['bad']: ill}, runs, MODES)
  assert treatments.best_first(found) == ['good', 'bad']
  told = treatments.told(found)
  assert list(told) == ['no treatment', 'a cure at random', 'good', 'bad']
  assert told['good']['pair'].tolist() == [True, False, False, False]
  assert not told['no treatment']['pair'].any()
  assert told['a cure at random']['pair'].sum() <= 1


def test_gans_that_it_has_not_learned_from(tmp_path):
  signs = dict.fromkeys(SIGNS, 0.1)
  lines = [{'step': step, **{f'doctor/{name}': value for name, value in signs.items()}} for step in (10, 20, 30, 100)]
  lines.append({'step': 100, 'raw/modes_5k': 7.0, 'ema/modes_5k': 9.0})
  (tmp_path / 'scores.jsonl').write_text('\n'.join(map(json.dumps, lines)))
  odds = doctor.odds()
  rows = {row.quantity: row.value for row in outcomes.rows_of_others([tmp_path], odds, '')}
  assert list(rows) == ['forecast after 10%', 'forecast after 20%', 'modes at the end']
  assert rows['modes at the end'] == 7
  now = list(signs.values())
  expected = odds.models[2].probability(doctor.features(now, now))
  assert rows['forecast after 20%'] == pytest.approx(expected)
  with pytest.raises(InputError, match='no signs and modes'):
    outcomes.rows_of_others([tmp_path / 'nothing'], odds, '')


def test_what_a_study_cannot_be_made_of_is_told():
  study._check({'R1': len, 'none': None}, {'R1': {'penalty': len, 'bindings': ['a = b']}})
  with pytest.raises(InputError, match="no 'none': None"):
    study._check({'R1': len}, {})
  for cure in ({'penalty': len}, {'bindings': ['a = b'], 'rate': 2}, {}):
    with pytest.raises(InputError, match="give 'bindings'"):
      study._check({'none': None}, {'R1': cure})


SMALL = [
  'doctor.seeds = 2',
  'doctor.treated = 1',
  "doctor.settings = {'clusters': @doctor_clusters, 'five': @five/doctor_points}",
  'doctor_clusters.epochs = 20',
  'five/doctor_points.iterations = 20',
  'five/gaussians.per_mode = 200',
  "doctor.losses = {'JS': @nonsaturating, 'RS': @relativistic_logistic}",
  "doctor.penalties = {'none': None}",
  "doctor.cures = {'R1': {'penalty': @r1, 'bindings': ['Trainer.penalty = @r1']}}",
]


@pytest.mark.slow
def test_a_small_study_leaves_odds_that_can_be_read(tmp_path):
  command = [sys.executable, '-m', 'tfgan_landscape.main', '--gin_file=doctor.gin', f'--model_dir={tmp_path}']
  done = subprocess.run(
    [*command, *(f'--gin_param={each}' for each in SMALL)], cwd=ROOT, capture_output=True, text=True
  )
  assert done.returncode == 0, done.stderr[-2000:]
  odds = doctor.odds(tmp_path / 'odds.json')
  assert odds.parts == list(outcomes.PARTS)
  assert {path.name for path in (tmp_path / 'figures').glob('*.png')} == {'calibration.png', 'treatment.png'}
  assert json.loads((tmp_path / 'results.json').read_text())


WELL = {'inverted_pairs': 0.3, 'margin': 1.0, 'slope': 1.0, 'spread': 1.0, 'coverage': 0.9, 'recall': 0.9}
VARIED, UNIFORM = {'generated': 4.0, 'real': 5.0}, {'generated': 2.4, 'real': 5.0}


@pytest.mark.parametrize(
  ('changed', 'probability', 'variety', 'verdict'),
  [
    ({}, 0.1, UNIFORM, 'healthy'),  # of points the odds decide
    ({}, 0.8, VARIED, 'collapsed'),
    ({}, None, VARIED, 'healthy'),
    ({}, None, UNIFORM, 'collapsed'),
    ({'inverted_pairs': 0.0}, None, UNIFORM, 'critic too strong'),
    ({'margin': 0.001, 'inverted_pairs': 0.5}, None, UNIFORM, 'critic dead'),
    ({'margin': 0.001, 'inverted_pairs': 0.5}, None, VARIED, 'healthy'),  # flat, because the samples are the data
    ({'margin': float('nan')}, None, VARIED, 'diverging'),
    ({'margin': 1e5}, 0.1, VARIED, 'diverging'),
  ],
)
def test_the_verdict_by_hand(changed, probability, variety, verdict):
  assert diagnose.verdict(WELL | changed, probability, variety) == verdict


def test_a_run_that_is_not_there_leaves_no_folder(tmp_path):
  told = run(tmp_path / 'none', '--gin_file=rs_digits_cnn.gin', '--mode=diagnose', code=2)
  assert 'holds no checkpoint' in told
  assert not (tmp_path / 'none').exists()


def test_before_5_percent_nothing_is_known():
  found = diagnose.diagnosis(4, 100, list(WELL.values()), None, VARIED, doctor.odds(), points=True)
  assert (found.verdict, found.probability) == ('not yet known', None)
  of_points, of_images = (
    diagnose.diagnosis(20, 100, list(WELL.values()), None, VARIED, doctor.odds(), points) for points in (True, False)
  )
  assert of_points.probability is not None
  assert of_images.probability is None


def test_cures_are_told_to_the_ill_alone_and_no_faster_critic_to_a_strong_one(tmp_path):
  trainer = types.SimpleNamespace(iterations=100, loss=losses.relativistic_logistic, discriminator_learning_rate=1e-3)
  odds = doctor.odds()._replace(
    cures=[doctor.Cure(name, [name], rate, {'x': [0.5] * 7}) for name, rate in (('fast', 4.0), ('slow', 0.25))]
  )

  def told(verdict):
    return diagnose.page(tmp_path, trainer, diagnose.Diagnosis(50, 0.5, verdict, None, WELL, VARIED), odds)

  assert '--gin_param' not in told('healthy')
  assert "--gin_param='fast'" in told('collapsed')
  assert '0.693 cannot tell' in told('collapsed')
  assert "--gin_param='fast'" not in told('critic too strong')
  assert "--gin_param='slow'" in told('critic too strong')


@pytest.mark.slow
def test_a_training_is_looked_at_and_is_the_same_without(tmp_path):
  small = [*DIGITS, *bind(Trainer__iterations=2, train_gan__evaluate_every=1)]
  told = run(tmp_path / 'with', *small)
  run(tmp_path / 'without', *small, '--gin_param=train_gan.doctor = False')
  looks = [line for line in lines(tmp_path / 'with') if 'verdict' in line]
  assert [line['step'] for line in looks] == [1, 2]
  assert {f'doctor/{name}' for name in SIGNS} <= set(looks[0])
  assert 'doctor at iteration 1:' in told
  others = [line for line in lines(tmp_path / 'with') if 'verdict' not in line]
  assert others == lines(tmp_path / 'without')

  page = run(tmp_path / 'with', '--mode=diagnose')
  text = page[page.index(str(tmp_path)) :]
  assert len(text.strip().splitlines()) <= 40
  assert re.search(r'verdict: [\w ]+;', text)
  written = json.loads((tmp_path / 'with' / 'diagnosis.json').read_text())
  assert written['step'] == 2
  assert list(written['signs']) == list(SIGNS)
  for name, value in written['signs'].items():
    assert value == pytest.approx(looks[1][f'doctor/{name}'], rel=1e-5)
