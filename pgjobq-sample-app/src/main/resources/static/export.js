// The latest export: how far it is, and its file.
import {act, announce, byId, call, h, number} from './page.js';

const ENDED = ['SUCCEEDED', 'DEAD', 'CANCELLED'];

const problem = byId('export-problem');
let before;

byId('export-start').addEventListener('click', event =>
  act(event.currentTarget, problem, async () => {
    const {jobId, started} = await call('POST', 'api/exports');
    announce(started ? `Job ${jobId} exports all orders` : `Job ${jobId} is at it already`);
  }));

/** Shows the export. Its buttons stay the same elements while it runs, so that the focus stays where it is. */
export function showExport(job) {
  const element = byId('export');
  if (before?.jobId !== job.jobId || before.state !== job.state) {
    element.replaceChildren(...parts(job).filter(Boolean));
  }
  element.hidden = false;
  element.dataset.state = job.state;
  const share = job.total === 0 ? 0 : job.done / job.total * 100;
  const bar = element.querySelector('.bar');
  if (bar) {
    bar.setAttribute('aria-valuemax', job.total);
    bar.setAttribute('aria-valuenow', job.done);
    bar.firstElementChild.style.setProperty('--share', `${share}%`);
  }
  element.querySelector('.what').textContent = said(job);
  if (before?.jobId === job.jobId && before.state !== job.state && ENDED.includes(job.state)) {
    announce(`Export ${said(job)}`);
  }
  before = job;
}

function parts(job) {
  const ended = ENDED.includes(job.state);
  return [
    ended ? null : h('div', {
      class: 'bar', role: 'progressbar', 'aria-label': 'Export of all orders', 'aria-valuemin': 0,
    }, h('i', {class: 'done'})),
    h('div', {class: 'export-state'},
        h('span', {class: 'what'}),
        ended ? null : cancel(job),
        job.state === 'SUCCEEDED'
          ? h('a', {href: `api/exports/${job.jobId}/file`, download: job.file}, job.file) : null),
  ];
}

function cancel(job) {
  const button = h('button', {class: 'small', type: 'button'}, 'Cancel');
  button.addEventListener('click', () =>
    act(button, problem, () => call('DELETE', `api/exports/${job.jobId}`)));
  return button;
}

function said(job) {
  switch (job.state) {
    case 'SUCCEEDED': return `job ${job.jobId} is done`;
    case 'CANCELLED': return `job ${job.jobId} was cancelled`;
    case 'DEAD': return `job ${job.jobId} is dead: ${job.error}`;
    case 'RUNNING': return job.total === 0
      ? `job ${job.jobId} runs on ${job.node ?? 'a node that has left'}`
      : `${number(job.done)} of ${number(job.total)} on ${job.node}, up to ${job.order}`;
    case 'RETRYING': return `job ${job.jobId} is tried again soon: ${job.error}`;
    default: return `job ${job.jobId} waits for its turn`;
  }
}
