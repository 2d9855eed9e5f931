"""What computes here, and in which precision it is at its best."""

import os
import pathlib
import shutil
import subprocess

import tensorflow as tf

_BFLOAT16 = {'amx_bf16', 'avx512_bf16'}  # instructions of a CPU


def described():
  """Returns a line for each device: its name, its memory, and the `train_gan.precision` that suits it."""
  tpus = tf.config.list_logical_devices('TPU')
  gpus = tf.config.list_physical_devices('GPU')
  if tpus:
    return [f'{len(tpus)} TPU cores; precision: mixed_bfloat16']
  return [_gpu(gpu, memory) for gpu, memory in zip(gpus, _gpu_memories(len(gpus)))] or [_cpu()]


def _gpu(device, memory):
  details = tf.config.experimental.get_device_details(device)
  capability = details.get('compute_capability', (0, 0))
  words = f'compute capability {".".join(map(str, capability))}'
  return f'{device.name}: {details.get("device_name", "a GPU")}, {words}{memory}; precision: {suits(capability)}'


def suits(capability):
  """Returns the precision for a GPU of a compute capability (major, minor); bfloat16 is there from 8 on."""
  if capability >= (8, 0):
    return 'mixed_bfloat16'
  return 'mixed_float16' if capability >= (7, 0) else 'float32'


def _gpu_memories(count):
  """', 81,559 MiB' for each GPU, by the driver's own command; '' where that is not to be had."""
  if count and shutil.which('nvidia-smi'):
    asked = ['nvidia-smi', '--query-gpu=memory.total', '--format=csv,noheader,nounits']
    lines = subprocess.run(asked, capture_output=True, text=True, timeout=60, check=False).stdout.split()
    if len(lines) == count and all(line.isdigit() for line in lines):
      return [f', {int(line):,} MiB' for line in lines]
  return [''] * count


def _cpu():
  memory = os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30
  found = sorted(_BFLOAT16 & _instructions())
  why = f'it has {" and ".join(found)}' if found else 'it has no instructions for bfloat16'
  precision = 'mixed_bfloat16' if found else 'float32'
  return f'CPU: {len(os.sched_getaffinity(0))} cores, {memory:,.0f} GiB; precision: {precision} ({why})'


def _instructions():
  info = pathlib.Path('/proc/cpuinfo')
  return set(info.read_text().split()) if info.is_file() else set()
