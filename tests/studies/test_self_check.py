"""`--mode=check`: signs, theorems, penalties and the Dirac-GAN, of losses that are known and of ones that are wrong."""

import subprocess
import sys

import pytest
import tensorflow as tf

from tfgan_landscape import losses, penalties
from tfgan_landscape.losses import GanLoss
from tfgan_landscape.studies.gan import self_check


def found(lines):
  return {line.what: line.found for line in lines}


def wrong(lines):
  return {line.what for line in lines if line.holds is False}


KINDS = {  # loss: (kind, words of an assumption, bad minima of three points)
  'nonsaturating': ('separable', ('4.3', 'holds'), '21 of the 27'),
  'relativistic_logistic': ('of the difference', ('4.5', 'holds'), '0 of the 27'),
  'hinge': ('separable', ('4.3', 'fails'), '0 of the 27'),
  'least_squares': ('separable', ('4.2', 'holds'), '21 of the 27'),
  'wasserstein': ('separable', ('4.1', 'fails'), 'not known'),
}


@pytest.mark.parametrize('name', KINDS)
def test_what_the_theorems_say_of_a_known_loss(name):
  kind, (assumption, verdict), bad = KINDS[name]
  lines = self_check.of_loss(getattr(losses, name))
  told = found(lines)
  assert not wrong(lines)
  assert told['kind'].startswith(kind)
  assert told[f'Assumption {assumption}'].startswith(verdict)
  assert told['bad minima'].startswith(bad)


def test_a_constant_in_a_loss_changes_nothing_of_what_is_told():
  shifted = lambda real, fake: GanLoss(losses.nonsaturating(real, fake).discriminator + 3.0, -fake)  # noqa: E731
  assert found(self_check.of_loss(shifted))['bad minima'].startswith('21')


def test_a_loss_over_the_batch_is_told_from_one_of_pairs():
  told = found(self_check.of_loss(losses.relativistic_average_logistic))
  assert told['kind'].startswith('it couples the examples of a batch')
  told = found(self_check.of_loss(lambda real, fake: GanLoss(tf.nn.softplus(fake * real - real), -fake)))
  assert told['kind'].startswith('neither separable')


def test_a_saturating_loss_is_told():
  what = "the generator's gradient at a fake logit of -6"
  assert 'it saturates' in found(self_check.of_loss(losses.saturating))[what]
  assert 'it does not saturate' in found(self_check.of_loss(losses.nonsaturating))[what]


def test_swapped_and_flipped_losses_are_wrong():
  lines = self_check.of_loss(lambda real, fake: GanLoss(*losses.nonsaturating(real, fake)[::-1]))
  assert "the critic's step raises f(x) - f(y)" in wrong(lines)
  lines = self_check.of_loss(lambda real, fake: GanLoss(losses.nonsaturating(real, fake).discriminator, fake))
  assert wrong(lines) == {"the generator's step raises f(y)"}


def test_what_penalties_do_to_a_linear_critic():
  """R1 of weight 1: slope^2 / 2; the one-centred penalty of weight 10 is least at slope 1."""
  told = found(self_check.of_penalty(penalties.r1))
  assert told['a linear critic of slope 0, 0.5, 1, 2'] == '0, 0.125, 0.5, 2; least at 0'
  assert found(self_check.of_penalty(penalties.gradient_penalty))['a linear critic of slope 0, 0.5, 1, 2'].endswith(
    'least at 1'
  )
  assert found(self_check.of_penalty(penalties.none)) == {'penalty': 'none'}


def test_a_penalty_without_its_gradient_is_wrong():
  cut = lambda *given: {name: tf.stop_gradient(term) for name, term in penalties.r1(*given).items()}  # noqa: E731
  assert wrong(self_check.of_penalty(cut)) == {'its gradient is that of its value'}
  assert 'not computed on a linear critic' in str(self_check.of_penalty(lambda *_: 1 / 0)[0])


def test_the_dirac_gan_converges_under_r1_and_turns_without():
  assert found(self_check.of_the_dirac_gan(losses.nonsaturating, penalties.r1))['Dirac-GAN'].startswith('converges')
  assert found(self_check.of_the_dirac_gan(losses.nonsaturating, penalties.none))['Dirac-GAN'].startswith('turns')
  assert 'not computed' in found(self_check.of_the_dirac_gan(losses.nonsaturating, penalties.LatentPath))['Dirac-GAN']


@pytest.mark.slow
def test_the_mode_says_it_and_ends_with_1_where_a_sign_is_wrong(tmp_path):
  (tmp_path / 'mine.py').write_text(
    'import gin\nfrom tfgan_landscape.losses import GanLoss, nonsaturating\n\n@gin.configurable\n'
    'def flipped(real_logits, fake_logits):\n'
    '  return GanLoss(nonsaturating(real_logits, fake_logits).discriminator, fake_logits)\n'
  )
  (tmp_path / 'mine.gin').write_text("import mine\ninclude 'rs_gaussians_mlp.gin'\nTrainer.loss = @flipped\n")
  program = [sys.executable, '-m', 'tfgan_landscape.main', '--mode=check']
  done = subprocess.run([*program, f'--gin_file={tmp_path / "mine.gin"}'], capture_output=True, text=True, cwd=tmp_path)
  assert done.returncode == 1, done.stderr
  assert "WRONG the generator's step raises f(y)" in done.stdout
  done = subprocess.run([*program, '--gin_file=rs_gaussians_mlp.gin'], capture_output=True, text=True, cwd=tmp_path)
  assert done.returncode == 0, done.stderr
  assert not list(tmp_path.glob('runs*'))
