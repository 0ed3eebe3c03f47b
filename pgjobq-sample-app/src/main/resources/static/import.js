// The progress of the latest import, and the broken lines of all imports.
import {act, announce, byId, call, duration, h, number} from './page.js';

const problem = byId('import-problem');
const rows = new Map();
let latest;
let samples = []; // how many rows were done when, for the curve

byId('import-sample').addEventListener('click', event =>
  act(event.currentTarget, problem, () => call('POST', 'api/imports/sample')));

byId('import-file').addEventListener('change', event => {
  const [file] = event.target.files;
  event.target.value = '';
  if (file) {
    act(byId('import-sample'), problem,
        () => call('POST', `api/imports?fileName=${encodeURIComponent(file.name)}`, file, 'text/csv'));
  }
});

byId('redrive').addEventListener('click', event =>
  act(event.currentTarget, problem, async () => {
    const {jobs} = await call('POST', 'api/imports/broken-lines/redrive');
    announce(`${jobs} lines run again`);
  }));

/** Shows how far the import is. */
export function showImport(progress) {
  const before = latest;
  latest = progress;
  if (before?.id !== progress.id) {
    samples = [];
  }
  sample(progress.done);
  const open = progress.lines - progress.done - progress.dead;
  const percent = progress.lines === 0 ? 100 : (progress.lines - open) / progress.lines * 100;
  const share = count => ({'--share': `${progress.lines === 0 ? 0 : count / progress.lines * 100}%`});
  const element = byId('import');
  element.hidden = false;
  byId('import-empty').hidden = true;
  element.dataset.state = open > 0 ? 'running' : 'finished';
  element.replaceChildren(...[
      h('div', {class: 'import-head'},
          h('h3', {}, progress.fileName),
          h('span', {}, `import ${progress.id}`),
          h('strong', {}, `${Math.floor(percent)} %`)),
      h('div', {
        class: 'bar', role: 'progressbar', 'aria-label': `Import of ${progress.fileName}`,
        'aria-valuemin': 0, 'aria-valuemax': progress.lines, 'aria-valuenow': progress.lines - open,
      }, h('i', {class: 'done', style: share(progress.done)}),
      progress.dead > 0 ? h('i', {class: 'dead', style: share(progress.dead)}) : null),
      h('dl', {class: 'figures'},
          figure('Imported', number(progress.done), '--done'),
          figure('Dead', number(progress.dead), '--dead'),
          figure('Lines', number(progress.lines)),
          figure('Rows per second', number(rate(progress)))),
      curve(),
      h('ol', {class: 'nodes', 'aria-label': 'Share of each node'}, ...progress.nodes.map(node =>
          h('li', {}, node.node, h('i', {style: share(node.rows)}), number(node.rows))))].filter(Boolean));
  if (open === 0 && before?.id === progress.id && before.done + before.dead < before.lines) {
    announce(`Import finished: ${progress.done} rows in ${duration(progress.millis)}, ${progress.dead} dead`);
  }
}

/** Remembers how far the import is, not too often and without the pauses: they would be all there is to see. */
function sample(done) {
  const now = performance.now();
  const last = samples.at(-1);
  if (last && now - last.seen < 200) {
    last.done = done;
  } else {
    samples.push({seen: now, at: last ? last.at + Math.min(500, now - last.seen) : 0, done});
  }
}

const figure = (label, value, tone) => h('div', {},
    h('dt', tone ? {style: {'--tone': `var(${tone})`}} : {class: 'plain'}, label), h('dd', {}, value));

const rate = ({rowsBeforeRepairs, millis}) => millis > 0 ? Math.round(rowsBeforeRepairs * 1000 / millis) : 0;

/** The rate over time, as far as this page has seen it. */
function curve() {
  const points = samples.slice(1).map((sample, index) => {
    const before = samples[index];
    return {x: sample.at, y: (sample.done - before.done) / Math.max(1, sample.at - before.at)};
  });
  if (points.length < 3) {
    return null;
  }
  const width = points.at(-1).x;
  const top = Math.max(...points.map(point => point.y), 0.001);
  const line = points.map(({x, y}) => `${(x / width * 100).toFixed(2)},${(50 - y / top * 46).toFixed(2)}`);
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('class', 'rate');
  svg.setAttribute('viewBox', '0 0 100 50');
  svg.setAttribute('preserveAspectRatio', 'none');
  svg.setAttribute('aria-hidden', 'true');
  for (const [name, d] of [['area', `M0,50 L${line.join(' L')} L100,50 Z`], ['line', `M${line.join(' L')}`]]) {
    const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
    path.setAttribute('class', name);
    path.setAttribute('d', d);
    svg.append(path);
  }
  return svg;
}

/** Shows the broken lines, and leaves alone those that somebody is correcting. */
export function showBrokenLines(lines) {
  byId('broken').hidden = lines.length === 0;
  byId('broken-count').textContent = number(lines.length);
  byId('broken-noun').textContent = lines.length === 1 ? 'line' : 'lines';
  const present = new Set(lines.map(line => line.jobId));
  for (const [jobId, row] of rows) {
    if (!present.has(jobId)) {
      row.remove();
      rows.delete(jobId);
    }
  }
  for (const line of [...lines].sort((a, b) => a.line.importId - b.line.importId || a.line.number - b.line.number)) {
    if (!rows.has(line.jobId)) {
      rows.set(line.jobId, h('li', {class: 'broken-line', 'data-job': line.jobId}));
    }
    const row = rows.get(line.jobId);
    if (!row.querySelector('form')) {
      row.replaceChildren(...content(line));
    }
    byId('broken-lines').append(row);
  }
}

function content(line) {
  const edit = h('button', {class: 'small', type: 'button', 'aria-label': `Correct line ${line.line.number}`}, 'Correct');
  edit.addEventListener('click', () => edit.closest('li').replaceChildren(...editor(line)));
  return [why(line), edit, h('code', {}, line.line.text)];
}

function why({line, error}) {
  const older = latest && line.importId !== latest.id ? `import ${line.importId}, ` : '';
  return h('span', {class: 'why'}, h('b', {}, `${older}line ${line.number}`), error);
}

function editor(line) {
  const text = h('textarea', {rows: 2, 'aria-label': `Text of line ${line.line.number}`, spellcheck: 'false'});
  text.value = line.line.text;
  const run = h('button', {class: 'primary small'}, 'Run again');
  const cancel = h('button', {class: 'small', type: 'button'}, 'Cancel');
  const form = h('form', {}, text, h('div', {class: 'buttons'}, run, cancel));
  cancel.addEventListener('click', () => form.closest('li').replaceChildren(...content(line)));
  form.addEventListener('submit', event => {
    event.preventDefault();
    act(run, problem, async () => {
      const row = form.closest('li');
      await call('PUT', `api/imports/broken-lines/${line.jobId}`, text.value, 'text/plain');
      row.replaceChildren(...content({...line, line: {...line.line, text: text.value}}));
    });
  });
  setTimeout(() => text.focus());
  return [why(line), form];
}
