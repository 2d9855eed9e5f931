"""What describe says of the devices: on this CPU, and of GPUs by stand-ins for TensorFlow and the driver."""

import types

import pytest
import tensorflow as tf

from tfgan_landscape.distribution import devices


@pytest.mark.parametrize(
  ('flags', 'expected'),
  [
    ({'avx2'}, 'precision: float32 (it has no instructions for bfloat16)'),
    ({'avx512_bf16', 'amx_bf16', 'fma'}, 'precision: mixed_bfloat16 (it has amx_bf16 and avx512_bf16)'),
  ],
)
def test_a_cpu(monkeypatch, flags, expected):
  monkeypatch.setattr(devices, '_instructions', lambda: flags)
  (line,) = devices.described()
  assert line.startswith('CPU: ')
  assert line.endswith(expected)


@pytest.mark.parametrize(
  ('capability', 'precision'),
  [((6, 1), 'float32'), ((7, 5), 'mixed_float16'), ((8, 0), 'mixed_bfloat16'), ((9, 0), 'mixed_bfloat16')],
)
def test_a_gpu(monkeypatch, capability, precision, tmp_path):
  driver = tmp_path / 'nvidia-smi'
  driver.write_text('#!/bin/sh\necho 81559\n')
  driver.chmod(0o755)
  monkeypatch.setenv('PATH', str(tmp_path), prepend=':')
  gpu = types.SimpleNamespace(name='/physical_device:GPU:0')
  monkeypatch.setattr(tf.config, 'list_physical_devices', lambda kind: [gpu])
  details = {'device_name': 'Some card', 'compute_capability': capability}
  monkeypatch.setattr(tf.config.experimental, 'get_device_details', lambda device: details)
  (line,) = devices.described()
  words = f'Some card, compute capability {capability[0]}.{capability[1]}, 81,559 MiB; precision: {precision}'
  assert line == f'/physical_device:GPU:0: {words}'
