"""Injects every fault that the tests know, kills trainings at random moments, soaks one, writes docs/reliability.md.

  python tests/reliability/report.py [--kills=30] [--short]

Each row of the page is a kind of fault: how often it was tried, and what has to come of it. A fault whose test fails is
counted as such. --short leaves the kills out, and the soak.
"""

import argparse
import collections
import pathlib
import sys
import tempfile

import pytest

HERE = pathlib.Path(__file__).parent
ROOT = HERE.parents[1]
PAGE = ROOT / 'docs/reliability.md'

# Kind: (tests, what comes of it).
FAULTS = {
  'checkpoint cut, garbled, with a changed byte, without its index or data, a pipe or a link in its place': (
    [
      'training/test_checkpoints.py::test_a_damaged_newest_falls_back_to_the_older',
      'training/test_checkpoints.py::test_what_is_in_the_place_of_the_newest_falls_back_to_the_older',
      'training/test_checkpoints.py::test_a_state_file_of_tensorflow_is_neither_read_nor_in_the_way',
      'training/test_checkpoints.py::test_a_lost_newest_index_is_said_and_the_older_taken',
      'training/test_checkpoints.py::test_data_whose_indices_are_all_lost_are_no_fresh_start',
      'training/test_checkpoints.py::test_a_lost_data_file_falls_back_to_the_older',
      'training/test_checkpoints.py::test_nothing_whole_is_refused',
      'training/test_checkpoints.py::test_other_shapes_are_refused',
      'training/test_checkpoints.py::test_missing_parts_are_refused',
    ],
    'the next older one is taken and named; one line where there is none',
  ),
  'kill between two files of a save': (
    [
      'training/test_checkpoints.py::test_a_kill_before_the_index_has_its_name_leaves_the_older',
      'training/test_checkpoints.py::test_a_kill_in_the_first_save_is_a_fresh_start',
      'training/test_checkpoints.py::test_what_kills_during_saves_leave_is_swept_at_the_next_save',
      'training/test_checkpoints.py::test_forgotten_checkpoints_count_among_those_kept',
    ],
    'the older one stays; nothing is left after the next save',
  ),
  'SIGINT, SIGTERM and SIGKILL in a training, SIGTERM in an evaluation': (
    [
      'studies/test_train_gan.py::test_an_interrupted_run_ends_as_an_uninterrupted_one_in_every_bit',
      'studies/test_train_gan.py::test_a_run_stopped_at_a_long_event_saves_at_once_and_ends_as_an_uninterrupted_one',
      'training/test_loop.py::test_a_signal_ends_the_events_that_it_finds_and_they_happen_when_the_run_goes_on',
    ],
    'the run ends as an undisturbed one, bit by bit',
  ),
  'scores, bindings, record or lock of a run damaged, cut, empty, binary, a pipe or a link': (
    [
      'reporting/test_records.py::test_damage_is_set_aside_and_whole_lines_stay',
      'config/test_bindings.py::test_a_damaged_record_is_set_aside_and_stops_nothing',
      'config/test_bindings.py::test_a_damaged_config_is_replaced_by_its_copy',
      'reporting/test_records.py::test_what_is_in_the_place_of_the_scores_makes_way',
      'config/test_bindings.py::test_what_is_in_the_place_of_a_small_file_makes_way',
      'studies/test_train_gan.py::test_damaged_small_files_stop_no_good_run',
    ],
    'kept aside as NAME.damaged with a line; the run goes on',
  ),
  'cached features, classifiers and finished runs of a study damaged': (
    [
      'io/test_cache.py::test_a_damaged_file_is_computed_anew_with_a_notice',
      'io/test_cache.py::test_a_failed_computation_leaves_no_file',
      'io/test_cache.py::test_what_is_in_the_place_of_a_file_makes_way',
      'dynamics/test_trajectories.py::test_a_damaged_file_is_a_missing_run',
      'dynamics/test_trajectories.py::test_what_is_in_the_place_of_a_run_is_a_missing_run_and_makes_way',
      'dynamics/test_trajectories.py::test_python_objects_are_not_loaded',
      'studies/test_many_runs.py::test_runs_are_made_once_and_damaged_ones_again',
    ],
    'made again',
  ),
  'data of tensorflow_datasets missing, cut, changed, another dataset': (
    [
      'datasets/test_tfds_images.py::test_a_file_cut_between_two_records_is_an_error',
      'datasets/test_tfds_images.py::test_a_file_cut_inside_a_record_is_an_error',
      'datasets/test_tfds_images.py::test_a_changed_byte_is_an_error',
      'datasets/test_tfds_images.py::test_a_file_that_is_damaged_while_it_is_read_is_named',
      'datasets/test_tfds_images.py::test_a_missing_file_is_named',
      'datasets/test_builders.py',
    ],
    'one line that names the file or the folder',
  ),
  'a folder of images with damaged, huge and strange files': (
    [
      'datasets/test_image_folder.py::test_a_damaged_image_is_named_at_once',
      'datasets/test_image_folder.py::test_links_are_followed_once_and_not_out_of_the_folder',
      'datasets/test_image_folder.py::test_what_is_no_regular_file_is_not_opened',
      'datasets/test_image_folder.py::test_a_picture_that_unpacks_beyond_reason_is_named',
      'datasets/test_image_folder.py::test_missing_and_mixed_folders_are_refused',
      'test_bad_input.py::test_image_folders',
    ],
    'one line that names the file; pipes and links out of the folder are not opened',
  ),
  'untrusted files: latents, released weights, Inception modules': (
    [
      'test_bad_input.py::test_latents',
      'test_bad_input.py::test_imports',
      'test_import_rsgan.py::test_a_cut_file_is_refused',
      'evaluation/test_features.py::test_a_damaged_module_is_refused',
      'evaluation/test_features.py::test_a_module_with_other_outputs_is_refused',
      'evaluation/test_features.py::test_a_module_that_cannot_be_called_is_refused',
    ],
    'one line; no pickle is run, nothing is unpacked beyond its limit',
  ),
  'gin files and flags with mistakes': (
    [
      'test_bad_input.py::test_gin_files',
      'test_bad_input.py::test_flags',
      'test_bad_input.py::test_values',
      'config/test_gin_files.py',
    ],
    'one line that names the file, the binding or the flag',
  ),
  'disk full, folder that cannot be written': (
    [
      'test_bad_input.py::test_a_disk_that_fills_is_told_and_the_last_checkpoint_stays',
      'test_bad_input.py::test_a_disk_that_takes_no_more_bytes_is_told_and_loses_nothing',
      'test_bad_input.py::test_outputs',
      'io/test_cache.py::test_a_folder_that_cannot_be_written_is_refused_before_computing',
    ],
    'one line; the last checkpoint stays',
  ),
  'losses, gradients, weights, features, latents that are not finite': (
    [
      'evaluation/test_scores.py::test_nan_in_features_is_refused',
      'training/test_loop.py::test_a_loss_that_is_not_finite_stops_before_any_event',
      'training/test_trainer.py::test_a_gradient_that_breaks_under_a_finite_loss_shows_in_its_norm',
      'training/test_checkpoints.py::test_weights_that_are_not_finite_are_not_saved',
      'studies/test_train_gan.py::test_a_run_that_breaks_names_what_and_when_and_keeps_its_last_checkpoint',
      'studies/test_many_runs.py::test_a_run_that_diverges_is_kept_and_can_be_told',
    ],
    'stops with what and when; the last good checkpoint stays the newest',
  ),
  'two trainings on one folder, another experiment in it': (
    [
      'studies/test_train_gan.py::test_a_second_training_is_refused_while_samples_can_be_read',
      'config/test_bindings.py::test_the_same_bindings_are_the_same_experiment_and_others_are_not',
      'test_bad_input.py::test_a_refused_training_leaves_a_run_as_it_was',
    ],
    'one line; the run there is left as it was',
  ),
  'TF_CONFIG malformed, a worker that does not come or is killed, a taken port': (
    [
      'test_bad_input.py::test_clusters',
      'test_bad_input.py::test_workers_that_do_not_come',
      'distribution/test_rendezvous.py',
      'reliability/test_killed_worker.py::test_all_start_again_and_the_end_is_that_of_an_undisturbed_training',
    ],
    'one line; the launcher starts all again, and the end is that of an undisturbed run',
  ),
}


_KILLED = [
  '--mode=train',
  '--gin_file=rs_gaussians_mlp.gin',
  '--gin_param=width = 4',
  '--gin_param=Trainer.iterations = 20000',
  '--gin_param=train_gan.save_every = 50',
  '--gin_param=train_gan.sample_every = 700',
  '--gin_param=Loop.log_every = 30',
  '--gin_param=Loop.seconds_per_call = 0.1',
]


class Counting:
  """A plugin of pytest that counts the tests of each kind and those that fail."""

  def __init__(self):
    self.tried, self.failed = collections.Counter(), collections.Counter()

  def pytest_runtest_logreport(self, report):
    if report.when == 'call' or report.failed:
      for kind, (tests, _) in FAULTS.items():
        if any(report.nodeid.removeprefix('tests/').startswith(test) for test in tests):
          self.tried[kind] += report.when == 'call'
          self.failed[kind] += report.failed


def kills(wanted):
  """Kills one training at random moments until that many kills are done; returns (kills, differences)."""
  import punisher

  done, differences, seed = 0, [], 0
  while done < wanted:
    with tempfile.TemporaryDirectory() as folder:
      found = punisher.punish(_KILLED, folder, 12.0, ['SIGKILL'], seed)
    done, differences, seed = done + found.kills, differences + found.differences, seed + 1
  return done, differences


def main():
  parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
  parser.add_argument('--kills', type=int, default=30)
  parser.add_argument('--short', action='store_true', help='without the kills and the soak')
  given = parser.parse_args()
  sys.path.insert(0, str(HERE))
  counting = Counting()
  tests = sorted({str(ROOT / 'tests' / test) for tests, _ in FAULTS.values() for test in tests})
  pytest.main(['-q', '-p', 'no:cacheprovider', f'--rootdir={ROOT}', *tests], [counting])
  rows = [
    f'| {kind} | {counting.tried[kind]} | {counting.failed[kind]} | {words} |' for kind, (_, words) in FAULTS.items()
  ]
  if not given.short:
    done, differences = kills(given.kills)
    words = 'resumes, and ends as an undisturbed training, bit by bit'
    rows.insert(2, f'| SIGKILL at random moments of a training | {done} | {len(differences)} | {words} |')
  PAGE.write_text(PAGE_TEXT.format(rows='\n'.join(rows)) + ('' if given.short else soak_text()))
  print(PAGE.read_text())


def soak_text():
  """The page's part about long runs."""
  import soak

  return SOAK_TEXT.format(table=soak.table(*soak.soaked(soak.SMALL, 5000)))


PAGE_TEXT = """# Reliability: faults, how often they were tried, and what comes of them

    python tests/reliability/report.py

injects every fault below and writes this page. A line that says what is wrong and what helps goes with exit code 2;
nothing that was there before is lost.

| fault | tried | failed | what comes of it |
|---|---|---|---|
{rows}

    python tests/reliability/punisher.py --mtbf_seconds=20 -- --gin_file=gin/rs_digits_cnn.gin --mode=train

kills any training of yours at random moments until it is done, and compares it with an undisturbed one: every variable
of the checkpoint, the reports, the pictures.
"""

SOAK_TEXT = """
## A long run

    python tests/reliability/soak.py

watches a process from outside while it trains a small network for 5,000 iterations with reports, saves, pictures and
scores:

{table}

Slopes are least squares over a sample a second. The same training without saves, pictures and scores adds 0.05 MB per
1,000 iterations. Each of those makes hundreds of tensors outside of a compiled program, and TensorFlow 2.15 never
frees 48 bytes of each under Python 3.11 ([issue 62551](https://github.com/tensorflow/tensorflow/issues/62551)).
"""


if __name__ == '__main__':
  main()
