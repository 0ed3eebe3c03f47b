// The sign-up form, and a card with a timeline for each job.
import {act, announce, byId, call, duration, h} from './page.js';

const SHOWN = 40;
const LABELS = {SENT: 'sent', RUNNING: 'running', RETRYING: 'waits to retry', DONE: 'done', DEAD: 'dead'};
const FIRST = ['Ada', 'Alan', 'Barbara', 'Donald', 'Edsger', 'Frances', 'Grace', 'Hedy', 'Joan', 'Katherine', 'Ken',
  'Linus', 'Margaret', 'Niklaus', 'Radia', 'Shafi', 'Sophie', 'Tim', 'Tony', 'Vint'];
const LAST = ['Allen', 'Cerf', 'Clarke', 'Dijkstra', 'Goldwasser', 'Hamilton', 'Hoare', 'Hopper', 'Johnson', 'Knuth',
  'Lamarr', 'Liskov', 'Lovelace', 'Perlman', 'Ritchie', 'Thompson', 'Turing', 'Wilson', 'Wirth'];

const cards = new Map();
const form = byId('sign-up');
const problem = form.querySelector('.problem');

form.addEventListener('submit', event => {
  event.preventDefault();
  act(byId('sign-up-submit'), problem, async () => {
    await register(form.elements.name.value.trim(), form.elements.email.value.trim());
    form.reset();
    form.elements.name.focus();
  });
});

byId('crowd').addEventListener('click', () =>
  act(byId('crowd'), problem, () => Promise.all(Array.from({length: 10}, () => {
    const [first, last] = [pick(FIRST), pick(LAST)];
    return register(`${first} ${last}`, `${first}.${last}@example.org`.toLowerCase());
  }))));

byId('bounce').addEventListener('click', () => {
  form.elements.name.value ||= 'No Body';
  form.elements.email.value = 'bounce@example.org';
  byId('sign-up-submit').focus();
});

const pick = list => list[Math.floor(Math.random() * list.length)];

const register = (name, email) => call('POST', 'api/sign-ups', JSON.stringify({name, email}));

/** Shows a sign-up, or what has changed of it. */
export function showSignUp(signUp) {
  const before = cards.get(signUp.id);
  const card = before ?? {element: h('li', {class: 'job', 'data-id': signUp.id})};
  const moved = before && before.signUp.state !== signUp.state;
  card.signUp = signUp;
  render(card);
  if (!before) {
    add(card);
  } else if (moved) {
    replay(card.element, 'moved');
    announce(`${signUp.name}: ${LABELS[signUp.state]}`);
  }
}

function add(card) {
  cards.set(card.signUp.id, card);
  const next = [...byId('sign-ups').children].find(other => Number(other.dataset.id) < card.signUp.id);
  byId('sign-ups').insertBefore(card.element, next ?? null);
  replay(card.element, 'arrived');
  byId('sign-ups-empty').hidden = true;
  if (cards.size > SHOWN) {
    const oldest = Math.min(...cards.keys());
    cards.get(oldest).element.remove();
    cards.delete(oldest);
  }
}

function replay(element, name) {
  element.classList.remove('moved', 'arrived');
  void element.offsetWidth; // lets the animation start anew
  element.classList.add(name);
}

function render({element, signUp}) {
  const phases = timeline(signUp);
  const total = duration(phases.reduce((sum, phase) => sum + phase.ms, 0));
  element.dataset.state = signUp.state;
  element.replaceChildren(
      h('div', {class: 'job-head'},
          h('span', {class: 'job-name'}, signUp.name),
          h('span', {class: 'chip'}, LABELS[signUp.state]),
          h('span', {class: 'job-mail'}, signUp.email),
          h('span', {class: 'job-side'}, ...side(signUp, total))),
      h('div', {class: 'strip', 'aria-hidden': 'true'}, ...phases.map(strip)),
      h('ol', {class: 'steps'}, ...phases.map(step)));
  const error = signUp.error ?? signUp.attempts.at(-1)?.error;
  if (error && signUp.state !== 'DONE') {
    element.append(h('p', {class: 'job-error'}, error));
  }
}

function side(signUp, total) {
  return signUp.mailFile
      ? [`job ${signUp.jobId} · ${total} · `,
        h('button', {class: 'link', type: 'button', onclick: () => showMail(signUp.id)}, 'read e-mail')]
      : [`job ${signUp.jobId} · ${total}`];
}

/** What the job has gone through: waits and attempts, one after the other, the last perhaps still going on. */
function timeline(signUp) {
  const now = Date.now();
  const end = signUp.finishedAt ? Date.parse(signUp.finishedAt) : now;
  const phases = [];
  let at = Date.parse(signUp.sentAt);
  let waiting = 'queued';
  signUp.attempts.forEach((attempt, index) => {
    const started = Date.parse(attempt.startedAt);
    const next = signUp.attempts[index + 1];
    const lost = !attempt.failedAt && next; // nobody was left to say that it failed
    const stopped = attempt.failedAt ? Date.parse(attempt.failedAt) : lost ? Date.parse(next.startedAt) : end;
    phases.push({kind: 'wait', text: waiting, ms: started - at});
    phases.push({
      kind: attempt.failedAt ? 'failed' : lost ? 'lost' : signUp.finishedAt ? 'done' : 'running',
      text: `attempt ${attempt.number}`,
      node: attempt.node,
      ms: stopped - started,
      open: !attempt.failedAt && !lost && !signUp.finishedAt,
    });
    at = stopped;
    waiting = 'backed off';
  });
  if (signUp.state === 'SENT' || signUp.state === 'RETRYING') {
    phases.push({kind: 'wait', text: waiting, ms: now - at});
  }
  return phases.map(phase => ({...phase, ms: Math.max(0, phase.ms)}));
}

function strip({kind, ms, open}) {
  return h('i', {class: open ? `${kind} open` : kind, style: {'--ms': Math.max(1, ms)}});
}

function step({kind, text, ms, node}) {
  const outcome = {failed: ' failed', lost: ' lost', done: ' delivered'}[kind] ?? '';
  return h('li', {class: kind}, h('b', {}, text + outcome), h('span', {}, duration(ms) + (node ? ` on ${node}` : '')));
}

async function showMail(id) {
  const dialog = byId('mail');
  dialog.querySelector('pre').textContent = await call('GET', `api/sign-ups/${id}/mail`);
  dialog.showModal();
}

// What goes on, goes on visibly.
setInterval(() => {
  for (const card of cards.values()) {
    if (!card.signUp.finishedAt) {
      render(card);
    }
  }
}, 100);
