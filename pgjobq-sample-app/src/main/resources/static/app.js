// Listens to the server and hands what it says to the parts of the page.
import {byId} from './page.js';
import {showQueues} from './queues.js';
import {showSignUp} from './sign-ups.js';
import {showExport} from './export.js';
import {showBrokenLines, showImport} from './import.js';

const parts = {
  'queues': showQueues,
  'sign-up': showSignUp,
  'import': showImport,
  'export': showExport,
  'broken-lines': showBrokenLines,
  'database': ({up}) => up ? connection('live', 'live') : connection('waiting', 'waiting for the database'),
};

const events = new EventSource('api/events'); // connects again by itself
events.onerror = () => connection('lost', 'connecting again');
for (const [name, show] of Object.entries(parts)) {
  events.addEventListener(name, event => show(JSON.parse(event.data)));
}

function connection(state, text) {
  const pill = byId('connection');
  pill.dataset.state = state;
  pill.lastElementChild.textContent = text;
}
