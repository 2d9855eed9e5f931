"""What the quantities of a run are, in the words that TensorBoard shows beside their curves."""

import re

# The first pattern that a whole name matches.
_OF = {
  '(generator|discriminator)_loss': 'what the player makes small, the critic with its penalties; mean over iterations',
  '(generator|discriminator)_gradient_norm': "norm of the gradient by the player's weights; mean over iterations",
  '(generator|discriminator)_learning_rate': "of the player's optimiser, at this iteration",
  r'(generator|discriminator)_weight/\d+': "weight of one network in the player's mixture; they add up to 1",
  '(real|fake)_logit': 'mean of f, what the critic puts out, over real or generated examples',
  '(real|fake)_probability': 'mean of D = sigmoid(f): 1 where the critic takes all for real, 0 for generated',
  'margin': 'mean of f(x) - f(y) over all pairs of the last batch: above 0 where the critic prefers real examples',
  'margin_below_zero': 'share of pairs of the last batch that the critic has the wrong way round; 1/2: it cannot tell',
  'all_pairs_loss_minus_log_2': "RS-GAN's loss over all pairs less log 2: 0 if it cannot tell, -log 2 if it tells all",
  'kept_minus_all_pairs_loss': "RS-GAN's loss of the batch's own pairs less that of all pairs; 0 on average",
  '(iterations|images)_per_second': 'speed since the last report',
  'spectral_norm/.*': 'largest singular value of the kernel as a matrix [inputs, outputs]',
  'weights/.*': 'the values of a variable',
  'logits/(real|fake)': 'f of the last batch, example by example',
  '.*_std': 'spread of the score: over splits (Inception Score), standard error over blocks (kernel distance)',
  r'(ema|raw)/.*_is_\d.*': 'the formula of the Inception Score by another network, high is good',
  r'(ema|raw)/.*_fd_(\d|inf).*': 'Frechet distance of the features of another network than Inception, low is good',
  r'(ema|raw)/.*_kd_\d.*': 'kernel distance of the features of another network than Inception, around 0 for equal ones',
  '(ema|raw)/.*precision.*': 'share of samples in the neighbourhood of a real image: fidelity',
  '(ema|raw)/.*recall.*': 'share of real images in the neighbourhood of a sample: diversity',
  '(ema|raw)/.*density.*': 'how many real neighbourhoods a sample lies in, over k: 1 for equal distributions',
  '(ema|raw)/.*coverage.*': 'share of real neighbourhoods that hold a sample',
  '(ema|raw)/.*memorised.*': 'how often a sample is nearer to a training image than a test image is; 1/2 for none',
  '(ema|raw)/.*inception_score.*': 'Inception Score, high is good; the name tells network and number of samples',
  '(ema|raw)/.*fid.*': 'Frechet distance of features, low is good; the name tells network, number and split',
  '(ema|raw)/.*kid.*': 'kernel distance of features without bias, around 0 for equal distributions',
  '(ema|raw)/.*_share_.*': 'share of the samples that the classifier takes for this label',
  '(ema|raw)/.*modes.*': 'modes that the samples hit',
  '(ema|raw)/.*kl.*': "Kullback-Leibler divergence of the samples' modes from the data's, in nats",
  'doctor/collapse_probability': 'that the run ends with less than three quarters of its modes (docs/doctor.md)',
  'doctor/vendi_(generated|real)': 'how many of 128 examples differ (Vendi score)',
  'doctor/.*': 'a sign of how the training goes, on 128 real and generated examples (docs/doctor.md)',
  r'\w+': "a term of the critic's loss, by the name of its penalty; mean over iterations",
}


def of(name):
  """Returns what a quantity of a run is, None for one that nothing is known of."""
  return next((text for pattern, text in _OF.items() if re.fullmatch(pattern, name)), None)
