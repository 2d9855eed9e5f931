"""The launchers: what they would run, what they refuse, and that stand-ins on the PATH are asked for the same."""

import os
import pathlib
import re
import shutil
import stat
import subprocess
import sys

import pytest

from tfgan_landscape.reporting import results

ROOT = pathlib.Path(__file__).parents[2]
SCRIPTS = sorted(path.name for path in (ROOT / 'launch').glob('*.sh')) + ['slurm.sbatch']


def launch(script, *arguments, code=0, **environment):
  found = subprocess.run(
    [ROOT / 'launch' / script, *arguments],
    check=False,
    capture_output=True,
    text=True,
    cwd=ROOT,
    env={**os.environ, **environment},
  )
  assert found.returncode == code, found.stderr[-2000:]
  return found.stdout, found.stderr


@pytest.fixture
def stand_ins(tmp_path):
  """A PATH whose `gcloud`, `docker`, `sbatch` and `srun` keep what they are asked; returns (environment, read)."""
  folder, asked = tmp_path / 'bin', tmp_path / 'asked'
  folder.mkdir()
  for name in ('gcloud', 'docker', 'sbatch', 'srun', 'tar'):
    tool = folder / name
    tool.write_text(
      f'#!/bin/sh\necho {name} "$@" >> {asked}\n[ -z "$FAILS" ] || case "$*" in *"$FAILS"*) exit 1;; esac\n'
    )
    tool.chmod(tool.stat().st_mode | stat.S_IEXEC)
  return {'PATH': f'{folder}:{os.environ["PATH"]}'}, lambda: asked.read_text().splitlines()


@pytest.mark.parametrize('script', SCRIPTS)
def test_scripts_pass_shellcheck(script):
  if not shutil.which('shellcheck'):
    pytest.skip('needs shellcheck')
  found = subprocess.run(['shellcheck', ROOT / 'launch' / script], check=False, capture_output=True, text=True)
  assert found.returncode == 0, found.stdout


def test_workers_of_a_dry_run_have_one_cluster_and_a_number_each():
  said, _ = launch('multi_worker_local.sh', '--dry_run', '--workers=3', '--port=2222', '--gin_file=a.gin', '--seed=7')
  lines = said.replace('\\', '').splitlines()
  for index, line in enumerate(lines):
    assert '{"worker": ["127.0.0.1:2222","127.0.0.1:2223","127.0.0.1:2224"]}' in line
    assert f'"index": {index}' in line
    assert line.rstrip().endswith('tfgan_landscape.main --strategy=multi_worker --gin_file=a.gin --seed=7')
  assert len(lines) == 3


def test_a_sweep_is_every_file_with_every_seed(tmp_path):
  said, _ = launch(
    'sweep.sh', '--dry_run', '--seeds=0,5', f'--runs={tmp_path / "s"}', 'gin/a.gin', 'b.gin', '--data_dir=D'
  )
  found = [re.findall(r'--(?:gin_file|seed|model_dir|data_dir)=(\S+)', line) for line in said.splitlines()]
  assert found == [
    [file, seed, f'{tmp_path}/s/{name}-seed{seed}', 'D']
    for file, name in (('gin/a.gin', 'a'), ('b.gin', 'b'))
    for seed in ('0', '5')
  ]
  assert not (tmp_path / 's').exists()


def test_a_study_in_parts_is_a_job_a_part_and_then_the_whole(tmp_path):
  said, _ = launch('sweep.sh', '--dry_run', '--parts=3', f'--runs={tmp_path}', 'gin/a.gin')
  lines = said.splitlines()
  assert [re.findall(r'--part=(\S+)', line) for line in lines] == [['1/3'], ['2/3'], ['3/3'], []]
  assert {re.search(r'--model_dir=(\S+)', line)[1] for line in lines} == {f'{tmp_path}/a-seed0'}


def test_a_sweep_ends_with_a_table_over_seeds_and_one_picture(tmp_path):
  for name, fid in (('a-seed0', 4.0), ('a-seed1', 6.0), ('b-seed0', 9.0)):
    (tmp_path / name).mkdir()
    results.write(tmp_path / name, [results.Row('fid_4', 'ema', fid)])
    (tmp_path / name / 'scores.jsonl').write_text(f'{{"step": 1, "ema/fid_4": {fid}}}\n')
  found = subprocess.run(
    [sys.executable, ROOT / 'launch/table.py', tmp_path], check=True, capture_output=True, text=True
  )
  lines = [[cell.strip() for cell in line.strip('| ').split('|')] for line in found.stdout.strip().splitlines()]
  assert lines[0][1:] == ['fid_4, ema']
  assert lines[2:] == [['a', '5 (4 to 6, 2)'], ['b', '9']]
  assert (tmp_path / 'table.md').read_text() == found.stdout[:-1]
  assert (tmp_path / 'curves.png').stat().st_size > 0


def test_a_sweep_says_how_likely_a_difference_is_by_chance(tmp_path):
  for name, fid in (('a-seed0', 4.0), ('a-seed1', 6.0), ('b-seed0', 9.0), ('b-seed1', 8.0)):
    (tmp_path / name).mkdir()
    results.write(tmp_path / name, [results.Row('fid_4', 'ema', fid)])
    (tmp_path / name / 'scores.jsonl').write_text('{"step": 1, "loss": 0.5}')
  found = subprocess.run(
    [sys.executable, ROOT / 'launch/table.py', tmp_path], check=True, capture_output=True, text=True
  )
  assert re.search(r'p of equal means .*\n.*\n\| a, b +\| 0.33', found.stdout)


def test_a_sweep_compares_no_numbers_that_were_measured_in_two_ways(tmp_path):
  for name, fid, iteration in (('a-seed0', 4.0, 9), ('a-seed1', 6.0, 9), ('b-seed0', 9.0, 9), ('b-seed1', 8.0, 5)):
    (tmp_path / name).mkdir()
    rows = [
      results.Row('fid_4', 'ema', fid, protocol=f'iteration {iteration}, seed {name[-1]}'),
      results.Row('modes', 'ema', fid, protocol=f'seed {name[-1]}, 100 samples'),
    ]
    results.write(tmp_path / name, rows)
  found = subprocess.run(
    [sys.executable, ROOT / 'launch/table.py', tmp_path], check=True, capture_output=True, text=True
  )
  assert re.search(r'p of equal means .* \| modes, ema \|\n', found.stdout)
  assert 'not compared, measured in several ways: fid_4, ema: iteration 9 | iteration 5\n' in found.stdout


NEWER_THAN_3_2 = r'declare -A|mapfile|readarray|wait -n|(?<!printf )-v "|\$\{\w+(\^|,,|@)|&>>|\|&'


@pytest.mark.parametrize('script', ['options.sh', 'environment.sh', 'local.sh', 'sweep.sh'])
def test_what_runs_on_a_mac_needs_no_bash_after_3_2(script):
  lines = [re.sub(r'(^|\s)#.*', '', line) for line in (ROOT / 'launch' / script).read_text().splitlines()]
  assert not [line for line in lines if re.search(NEWER_THAN_3_2, line)]
  unset = [line for line in lines if re.search(r'(?<!\+)"\$\{(flags|passed|arguments)\[@\]\}"', line)]
  assert not unset, 'an empty array is unset there: ${NAME[@]+"${NAME[@]}"}'


TOOLS = 'bash', 'cat', 'cksum', 'cut', 'dirname', 'env', 'grep', 'mkdir', 'rm', 'touch', 'chmod'


@pytest.fixture
def elsewhere(tmp_path):
  """A copy of the scripts, and a PATH on which the only Python is a newer one; returns (folder, environment)."""
  folder, tools = tmp_path / 'clone', tmp_path / 'tools'
  (folder / 'launch').mkdir(parents=True)
  tools.mkdir()
  for name in ('environment.sh', 'local.sh'):
    shutil.copy(ROOT / 'launch' / name, folder / 'launch')
  for name in ('setup.py', 'requirements.lock', 'requirements-latest.lock'):
    shutil.copy(ROOT / name, folder)
  for tool in TOOLS:
    (tools / tool).symlink_to(shutil.which(tool))
  _tool(tools / 'python3', 'exit 1')
  return folder, {'PATH': str(tools)}


def _tool(path, text):
  path.write_text(f'#!/usr/bin/env bash\n{text}\n')
  path.chmod(0o755)


def _local(folder, environment, *arguments):
  command = [folder / 'launch/local.sh', *arguments]
  return subprocess.run(command, check=False, capture_output=True, text=True, env=environment)


UV = """
echo "uv $*" >> asked
mkdir -p .venv/bin
printf '#!/usr/bin/env bash\\necho "python $*" >> "%s/asked"\\n' "$PWD" > .venv/bin/python
chmod 755 .venv/bin/python
printf 'PATH=%s/.venv/bin:$PATH\\n' "$PWD" > .venv/bin/activate
"""


def test_where_no_python_fits_uv_fetches_one(elsewhere):
  folder, environment = elsewhere
  _tool(pathlib.Path(environment['PATH']) / 'uv', UV)
  found = _local(folder, environment, '--gin_file=a.gin')
  assert found.returncode == 0, found.stderr
  (line,) = found.stderr.splitlines()
  assert line.startswith('no Python 3.9, 3.10 or 3.11 with venv is here')
  asked = (folder / 'asked').read_text().splitlines()
  assert asked[0] == 'uv venv --seed --python 3.11 .venv'
  assert 'uv pip install --python .venv/bin/python --constraint requirements.lock --editable .' in asked
  assert asked[-1] == 'python -m tfgan_landscape.main --gin_file=a.gin'


def test_uv_comes_from_pypi_by_whatever_python_there_is(elsewhere):
  folder, environment = elsewhere
  uv = UV.replace('\\n', '\\\\n')
  making = f'mkdir -p .uv; cat > .uv/uv_text <<"EOF"\n#!/usr/bin/env bash\n{UV}\nEOF\n'
  making += 'case "$*" in *"-m pip install --target .uv uv"*) mkdir -p .uv/bin; cat .uv/uv_text > .uv/bin/uv;'
  making += ' chmod 755 .uv/bin/uv; exit 0;; esac; exit 1'
  del uv
  _tool(pathlib.Path(environment['PATH']) / 'python3', making)
  found = _local(folder, environment, '--gin_file=a.gin')
  assert found.returncode == 0, found.stderr
  assert (folder / 'asked').read_text().startswith('uv venv --seed --python 3.11 .venv')


def test_where_uv_fails_too_it_says_what_to_install(elsewhere):
  folder, environment = elsewhere
  found = _local(folder, environment)
  assert found.returncode == 2
  assert 'error: no Python 3.9, 3.10 or 3.11 found, and uv could not fetch one; install one' in found.stderr
  assert not (folder / '.venv').exists()


def test_where_a_newer_python_is_it_names_the_newest_tensorflow(elsewhere):
  folder, environment = elsewhere
  newer = 'case "$*" in *"(3, 13)"*) exit 0;; --version) echo Python 3.13.5; exit 0;; esac; exit 1'
  _tool(pathlib.Path(environment['PATH']) / 'python3', newer)
  found = _local(folder, environment)
  assert found.returncode == 2
  last = found.stderr.splitlines()[-1]
  assert last.startswith('  or take the newest TensorFlow, with the Python 3.13.5 that is here: TENSORFLOW=latest ')


def test_the_newest_tensorflow_names_the_pythons_that_it_needs(elsewhere):
  folder, environment = elsewhere
  found = _local(folder, {**environment, 'TENSORFLOW': 'latest'})
  assert found.returncode == 2
  assert 'error: no Python 3.10, 3.11, 3.12 or 3.13 found' in found.stderr
  assert 'TENSORFLOW=latest' not in found.stderr


def test_where_uv_is_not_pip_takes_the_same_versions(elsewhere):
  folder, environment = elsewhere
  python = UV.replace('echo "uv $*"', 'case "$*" in *sys.exit*) exit 0;; esac; echo "python $*"')
  _tool(pathlib.Path(environment['PATH']) / 'python3', python)
  found = _local(folder, environment, '--gin_file=a.gin')
  assert found.returncode == 0, found.stderr
  asked = (folder / 'asked').read_text().splitlines()
  assert 'python -m venv .venv' in asked
  assert 'python -m pip install --constraint requirements.lock --editable .' in asked


def test_the_newest_tensorflow_has_an_environment_of_its_own(elsewhere):
  folder, environment = elsewhere
  _tool(pathlib.Path(environment['PATH']) / 'uv', UV.replace('.venv/', '.venv-latest/'))
  found = _local(folder, {**environment, 'TENSORFLOW': 'latest'}, '--gin_file=a.gin')
  assert found.returncode == 0, found.stderr
  asked = (folder / 'asked').read_text().splitlines()
  wanted = ('--requirement requirements-latest.lock', '--no-deps --editable .')
  installs = [line for line in asked if ' pip install ' in line]
  assert installs[:2] == [f'uv pip install --python .venv-latest/bin/python {each}' for each in wanted]
  assert '--python-version 3.11 tensorflow-addons' in installs[2]  # the stand-in says that it is newer than 3.11
  assert not (folder / '.venv').exists()


@pytest.mark.parametrize(('capability', 'told'), [('8.6', False), ('9.0', True), ('12.0', True), (None, False)])
def test_newer_cards_are_told_that_kernels_are_compiled(elsewhere, capability, told):
  folder, environment = elsewhere
  tools = pathlib.Path(environment['PATH'])
  _tool(tools / 'uv', UV.replace('echo "python $*"', 'echo "python $* with $CUDA_CACHE_MAXSIZE"'))
  if capability:
    _tool(tools / 'nvidia-smi', f'echo {capability}')
  found = _local(folder, environment)
  assert found.returncode == 0, found.stderr
  assert ('are compiled at the first start' in found.stderr) == told
  assert (folder / 'asked').read_text().splitlines()[-1].endswith(f'main with {4294967296 if capability else ""}')


def test_a_sweep_on_slurm_is_one_array(stand_ins):
  environment, asked = stand_ins
  launch('sweep.sh', '--slurm=--partition=gpu --gres=gpu:1', '--seeds=0,1,2', 'gin/a.gin', 'gin/b.gin', **environment)
  (line,) = asked()
  assert line.startswith('sbatch --partition=gpu --gres=gpu:1 --array=0-5 ')
  assert line.endswith('--seeds=0,1,2 --parts=1 --runs=runs/sweep gin/a.gin gin/b.gin')


def test_a_slurm_job_runs_its_command_as_a_step(stand_ins):
  environment, asked = stand_ins
  launch('slurm.sbatch', 'launch/local.sh', '--gin_file=a.gin', **environment)
  assert asked() == ['srun --kill-on-bad-exit=1 launch/local.sh --gin_file=a.gin']
  assert 'error: no command' in launch('slurm.sbatch', code=2)[1]


TPU = '--name=n', '--zone=z', '--type=v4-8', '--model_dir=gs://b/run', '--gin_file=a.gin', '--gin_param=width = 2'


def test_a_tpu_is_created_filled_used_and_deleted(stand_ins):
  environment, asked = stand_ins
  launch('cloud_tpu_vm.sh', *TPU, '--spot', **environment)
  verbs = [' '.join(line.split()[:5]) for line in asked() if line.startswith('gcloud')]
  assert [verb.split()[-1] for verb in verbs] == ['create', 'scp', 'ssh', 'ssh', 'ssh', 'ssh', 'delete']
  assert '--version=tpu-vm-tf-2.15.0-pjrt --spot' in asked()[0]
  mount, training = asked()[-4], asked()[-2]
  assert '--worker=all --command=mkdir -p /tmp/gcs/b && gcsfuse --implicit-dirs b /tmp/gcs/b' in mount
  assert '--strategy=tpu --tpu=local --model_dir=/tmp/gcs/b/run --gin_file=a.gin --gin_param=width\\ =\\ 2' in training


def test_a_slice_of_several_hosts_is_driven_from_the_first(stand_ins):
  environment, asked = stand_ins
  arguments = [*TPU[:2], '--type=v4-32', *TPU[3:], '--data_dir=gs://c/data']
  launch('cloud_tpu_vm.sh', *arguments, **environment)
  assert '--version=tpu-vm-tf-2.15.0-pod-pjrt' in asked()[0]
  assert [re.search(r'gcsfuse --implicit-dirs (\w)', line)[1] for line in asked() if 'gcsfuse' in line] == ['b', 'c']
  training = asked()[-2]
  assert '--worker=0' in training
  assert (
    'TPU_LOAD_LIBRARY=0 python3 -m tfgan_landscape.main --strategy=tpu --tpu=n --model_dir=/tmp/gcs/b/run' in training
  )
  assert '--data_dir=/tmp/gcs/c/data' in training


def test_a_preempted_tpu_is_created_again(stand_ins):
  """The training's ssh fails, and describe does not say READY."""
  environment, asked = stand_ins
  _, said = launch('cloud_tpu_vm.sh', *TPU, '--attempts=2', code=1, FAILS='--strategy=tpu', **environment)
  assert [line.split()[4] for line in asked() if ' create ' in line or ' describe ' in line] == [
    'create',
    'describe',
    'create',
    'describe',
  ]
  assert 'attempt 2 of 2' in said


def test_the_manifest_for_kubernetes_keeps_the_run_in_the_bucket_that_it_mounts():
  text = (ROOT / 'launch/gke/jobset.yaml').read_text()
  (mounted,) = re.findall(r'mountPath: (\S+)', text)
  assert f'--model_dir={mounted}/' in text
  (volume,) = re.findall(r'volumes:\n +- name: (\w+)\n +csi:', text)
  assert re.search(rf'volumeMounts:\n +- name: {volume}\n', text)
  assert mounted == f'/gcs/{re.search(r"bucketName: (.+)", text)[1]}'


def test_a_job_of_vertex_has_a_pool_for_the_first_worker_and_one_for_the_others(stand_ins):
  environment, asked = stand_ins
  settings = '--project=p', '--region=r', '--image=i', '--model_dir=/gcs/b/run', '--gin_param=a.b = (1, 2)'
  launch('vertex_gpu.sh', *settings, '--workers=3', **environment)
  build, push, create = asked()
  assert build.startswith('docker build')
  assert push == 'docker push i'
  assert re.findall(r'replica-count=(\d)', create) == ['1', '2']
  assert '--args=^|^--strategy=multi_worker|--model_dir=/gcs/b/run|--gin_param=a.b = (1, 2)' in create
  launch('vertex_gpu.sh', *settings, **environment)
  assert '--args=^|^--strategy=mirrored|' in asked()[-1]


@pytest.mark.parametrize(
  ('script', 'arguments', 'words'),
  [
    ('multi_worker_local.sh', ['--workers=0'], '--workers=0 is no whole number from 1 on'),
    ('multi_worker_local.sh', ['--restarts=x'], '--restarts=x is no whole number'),
    ('sweep.sh', ['--seeds=0,1'], 'no gin file'),
    ('sweep.sh', ['--seeds=0-3', 'a.gin'], '--seeds=0-3 is no list of whole numbers'),
    ('cloud_tpu_vm.sh', ['--name=n', '--zone=z'], '--type is missing'),
    ('cloud_tpu_vm.sh', ['--name=n', '--zone=z', '--type=t', '--model_dir=runs/a'], '--model_dir=gs://BUCKET/... is'),
    (
      'cloud_tpu_vm.sh',
      ['--name=n', '--zone=z', '--type=t', '--model_dir=gs://b/run'],
      '--type=t names no number of cores',
    ),
    ('vertex_gpu.sh', ['--project=p'], '--region is missing'),
  ],
)
def test_what_makes_no_sense_is_one_line(script, arguments, words):
  _, said = launch(script, *arguments, code=2)
  assert len(said.splitlines()) == 1
  assert said.startswith('error: ')
  assert words in said
