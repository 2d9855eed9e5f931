"""The page of everything that was measured: whole in one file, also of damaged and half-finished runs; in a browser."""

import json
import re
import shutil
import subprocess

import pytest

from tfgan_landscape.errors import InputError
from tfgan_landscape.reporting import ledger, page, results
from tfgan_landscape.reporting.results import Row

CHROMIUM = shutil.which('chromium') or shutil.which('chromium-browser')


@pytest.fixture
def folder(tmp_path):
  """Runs of all kinds: a study, two seeds of a GAN of which one is half-finished, and what is damaged."""
  study = tmp_path / 'two_cluster'
  study.mkdir()
  (study / 'config.gin').write_text('run.study = @two_cluster\n')
  results.write(study, [Row('escape <epochs>', 'RS & JS', 5.0, 4.0, 6.0, 'about 5', 'exact'), Row('b', 'c', None)])
  for seed, steps in enumerate((100, 60)):
    run = tmp_path / f'rs-seed{seed}'
    run.mkdir()
    (run / 'config.gin').write_text('Trainer.iterations = 100\nshared.z = 1\n')
    lines = [{'step': step, 'discriminator_loss': 1.0 / step} for step in range(20, steps + 1, 20)]
    (run / 'scores.jsonl').write_text('\n'.join(map(json.dumps, lines)) + '\n{"step": 9')
  other = tmp_path / 'later' / 'rs-seed2'
  other.mkdir(parents=True)
  (other / 'config.gin').write_text('Trainer.iterations = 100\nx.y = 2\nshared.z = 1\n')
  (other / 'scores.jsonl').write_text('{"step": 20, "discriminator_loss": null}\n{"step": 20, "protocol": 1}\n')
  (tmp_path / 'rs-seed0' / 'speed.json').write_text('{"images_per_second": 1234.5, "iterations_per_second": 19.29}')
  (tmp_path / 'rs-seed1' / 'speed.json').write_text('{"images_per')
  for name, text in (('damaged', '[{'), ('other', '[{"x": 1}]')):
    (tmp_path / name).mkdir()
    (tmp_path / name / 'config.gin').write_text('')
    (tmp_path / name / 'results.json').write_text(text)
  (tmp_path / 'begun').mkdir()
  (tmp_path / 'begun' / 'config.gin').write_text('')
  return tmp_path


@pytest.fixture
def html(folder, monkeypatch):
  monkeypatch.setattr(page, 'COMMITTED', folder / 'nothing')
  monkeypatch.setattr(ledger, 'CLAIMS', ledger.CLAIMS)
  monkeypatch.setattr(ledger, 'read', lambda: [claim for claim in READ if not claim.study])
  assert page.write(folder, str(folder / 'page.html')) == (1, 3)
  return (folder / 'page.html').read_text()


READ = ledger.read()


def test_speeds_are_shown_where_they_are_known(html):
  assert html.count(' images/s') == 1
  assert '1,234 images/s, 19.3 iterations/s' in html


def test_it_asks_the_network_for_nothing_and_links_stay_inside(html):
  assert not re.findall(r'(?:src|href)="(?!#|data:)[^"]*"', html)
  assert not re.search(r'https?://(?!www\.w3\.org)', html)
  ids = set(re.findall(r'id="([^"]+)"', html))
  assert set(re.findall(r'href="#([^"]+)"', html)) <= ids


def test_numbers_are_there_with_intervals_and_names_are_escaped(html):
  assert 'escape &lt;epochs&gt;' in html
  assert 'RS &amp; JS' in html
  assert '5 [4, 6]' in html
  assert 'about 5' in html
  assert 'x1="66.67" x2="100.0"' in html  # 4 to 6 on an axis from 0 to 6


def test_every_picture_has_words(html):
  assert len(re.findall('<svg', html)) == len(re.findall('<svg[^>]*aria-label="[^"]+', html))
  assert len(re.findall('<img', html)) == len(re.findall('<img[^>]*alt="[^"]+', html))


def test_half_finished_and_damaged_runs_show_as_such(html):
  assert 'rs-seed0 <span class="holds">finished' in html
  assert 'stopped or running, iteration 60 of 100' in html
  assert html.count('is damaged') == 2
  assert 'begun, without results yet' in html
  assert '<code>x.y = 2</code>' in html
  assert 'shared.z' not in html


def test_seeds_are_a_line_with_a_band(html):
  # steps 20, 40, 60 of both: the band goes there and back
  (band,) = re.findall(r'<polygon class="c0" points="([^"]*)"', html)
  assert len(band.split()) == 6
  assert 'rs (bindings 2 of 2) (2)' in html


def test_without_runs_the_committed_rows_are_shown(tmp_path):
  studies, runs = page.write(tmp_path / 'none', str(tmp_path / 'page.html'))
  assert studies > 5
  assert runs == 0
  assert (tmp_path / 'page.html').stat().st_size < 6_000_000


def test_nothing_at_all_is_one_line(tmp_path, monkeypatch):
  monkeypatch.setattr(page, 'COMMITTED', tmp_path)
  with pytest.raises(InputError, match='holds no run'):
    page.write(tmp_path, str(tmp_path / 'page.html'))


@pytest.mark.skipif(not CHROMIUM, reason='no Chromium here')
@pytest.mark.parametrize('width', [400, 1200])
def test_in_a_browser_nothing_fails_and_filter_and_sorting_work(html, folder, width):
  probe = """<script>
  field.value = 'theorem 2 '; field.dispatchEvent(new Event('input'));
  const filtered = document.getElementById('shown').textContent;
  field.value = ''; document.querySelector('.counts button').click();
  const holding = rows.filter(row => !row.hidden).every(row => row.dataset.verdict === 'holds');
  document.querySelector('th button').click();
  const names = [...document.querySelectorAll('.ledger tbody tr b')].map(b => b.textContent);
  document.title = JSON.stringify({filtered, holding, first: names[0], wide: document.documentElement.scrollWidth});
  </script></body>"""
  (folder / 'probed.html').write_text(html.replace('</body>', probe))
  flags = ['--headless', '--no-sandbox', '--disable-gpu', '--enable-logging=stderr', f'--window-size={width},900']
  command = [CHROMIUM, *flags, f'--user-data-dir={folder}/profile', '--dump-dom', f'file://{folder}/probed.html']
  done = subprocess.run(command, capture_output=True, text=True, timeout=120)
  assert 'CONSOLE' not in done.stderr
  found = json.loads(re.search('<title>(.*?)</title>', done.stdout)[1].replace('&quot;', '"'))
  assert found['holding']
  assert found['first'].startswith(('Appendix', 'Assumption'))
  assert re.match(r'[1-9]\d* of \d+ claims', found['filtered'])
  assert found['wide'] <= max(width, 500)  # Chromium's narrowest window
