// The tiles at the top: what each queue holds, and this copy's container that works on it.
import {announce, byId, call, h, number} from './page.js';

const COUNTING_STOPS_AT = 10_000; // QueueDescription.COUNT_LIMIT

const COUNTS = [
  ['ready', 'Ready', 'sent'],
  ['running', 'Running', 'running'],
  ['waiting', 'Waiting', 'retrying'],
  ['dead', 'Dead', 'dead'],
];

const tiles = new Map();

export function showQueues({node, queues}) {
  byId('node').textContent = node;
  document.title = `pgjobq sample · ${node}`;
  for (const queue of queues) {
    if (!tiles.has(queue.name)) {
      tiles.set(queue.name, tile(queue));
      byId('queues').append(tiles.get(queue.name).element);
    }
    tiles.get(queue.name).show(queue);
  }
}

function tile({name}) {
  const slots = h('div', {class: 'slots', role: 'img'});
  const button = h('button', {class: 'small', type: 'button'});
  const counts = Object.fromEntries(COUNTS.map(([key]) => [key, h('dd')]));
  const element = h('article', {class: 'tile', 'data-queue': name, 'aria-label': `Queue ${name}`},
      h('header', {}, h('h2', {}, name, h('small', {}, ' queue')), slots, button),
      h('dl', {class: 'counts'}, ...COUNTS.map(([key, label, tone]) =>
          h('div', {style: {'--tone': `var(--${tone})`}}, h('dt', {}, label), counts[key]))));
  let paused = false;

  button.addEventListener('click', async () => {
    await call('POST', `api/queues/${encodeURIComponent(name)}/${paused ? 'resume' : 'pause'}`);
    announce(`Queue ${name} ${paused ? 'resumed' : 'paused'} here`);
  });

  function show(queue) {
    for (const [key] of COUNTS) {
      counts[key].textContent = number(queue[key]) + (queue[key] >= COUNTING_STOPS_AT ? '+' : '');
      counts[key].parentElement.classList.toggle('zero', queue[key] === 0);
    }
    const container = queue.container;
    button.hidden = slots.hidden = !container;
    if (container) {
      paused = container.paused;
      button.textContent = paused ? 'Resume here' : 'Pause here';
      element.classList.toggle('paused', paused);
      slots.setAttribute('aria-label', `${container.active} of ${container.concurrency} slots busy here`);
      slots.title = slots.getAttribute('aria-label');
      slots.replaceChildren(...Array.from({length: container.concurrency},
          (_, slot) => h('i', {class: slot < container.active ? 'busy' : null})));
    }
  }

  return {element, show};
}
