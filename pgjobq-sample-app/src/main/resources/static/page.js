// Small helpers that every part of the page uses.

/** Makes an element: h('p', {class: 'hint'}, 'text', child). Properties that begin with "on" are listeners. */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith('on')) {
      element.addEventListener(name.slice(2), value);
    } else if (name === 'style') {
      Object.entries(value).forEach(([key, text]) => element.style.setProperty(key, text));
    } else if (value === true || value === false) {
      element.toggleAttribute(name, value);
    } else if (value !== null && value !== undefined) {
      element.setAttribute(name, value);
    }
  }
  element.append(...children.filter(child => child !== null && child !== undefined));
  return element;
}

export const byId = id => document.getElementById(id);

export const number = value => value.toLocaleString('en');

/** 7 ms, 840 ms, 2.4 s, 1:05 min */
export function duration(ms) {
  const value = Math.max(0, Math.round(ms));
  if (value < 1000) {
    return `${value} ms`;
  }
  if (value < 60_000) {
    return `${(value / 1000).toFixed(1)} s`;
  }
  return `${Math.floor(value / 60_000)}:${String(Math.floor(value / 1000) % 60).padStart(2, '0')} min`;
}

/** Says something to those who listen to the page. */
export function announce(text) {
  byId('announcement').textContent = text;
}

/** Calls the server; fails with what the server says is wrong. */
export async function call(method, url, body, type = 'application/json') {
  const response = await fetch(url, {method, body, headers: body === undefined ? {} : {'Content-Type': type}});
  const text = await response.text();
  if (!response.ok) {
    throw new Error(problem(text) ?? `The server answered ${response.status}.`);
  }
  return text && response.headers.get('Content-Type')?.includes('json') ? JSON.parse(text) : text;
}

function problem(text) {
  try {
    return JSON.parse(text).detail;
  } catch {
    return undefined;
  }
}

/** Runs an action of a button: one at a time, and shows in the given element what went wrong. */
export async function act(button, problemElement, action) {
  button.disabled = true;
  problemElement.hidden = true;
  try {
    return await action();
  } catch (error) {
    problemElement.textContent = error.message;
    problemElement.hidden = false;
    return undefined;
  } finally {
    button.disabled = false;
  }
}
