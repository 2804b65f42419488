// The phone's screen. The server sends a snapshot and then changes (server-sent events); everything that people or the bot
// wrote becomes text nodes, never HTML.

const root = new URL('..', import.meta.url);
const texts = JSON.parse(document.getElementById('texts').textContent);
const element = (id) => document.getElementById(id);
const [chat, messages, empty, typing, presence, lost, problem, input] =
  ['chat', 'messages', 'empty', 'typing', 'presence', 'lost', 'problem', 'text'].map(element);
const clock = new Intl.DateTimeFormat(texts.lang, { hour: '2-digit', minute: '2-digit' });
const seconds = new Intl.DateTimeFormat(texts.lang, { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });
const day = new Intl.DateTimeFormat(texts.lang, { day: 'numeric', month: 'long', year: 'numeric' });

const mostBubbles = 500;
const mostWebhooks = 8;
const typingLapse = 25_000;
const reconnectDelay = 2_000;

let person = document.body.dataset.person;
let stream = null;
let typingTimer = 0;
let reconnectTimer = 0;

// The stream

function connect() {
  clearTimeout(reconnectTimer);
  stream?.close();
  const current = new EventSource(new URL(`events?person=${encodeURIComponent(person)}`, root));
  stream = current;
  const on = (name, handle) => current.addEventListener(name, (event) => current === stream && handle(JSON.parse(event.data)));
  on('snapshot', showSnapshot);
  on('message', (message) => showMessage(message, true));
  on('notice', (notice) => showNotice(notice, true));
  on('faults', (change) => showFaults(change.on));
  on('typing', (change) => showTyping(change.typing));
  on('webhook', showWebhook);
  current.addEventListener('error', () => {
    if (current !== stream) return;
    showConnection('lost');
    // The browser comes back by itself after a cut, but not after an answer that was no stream.
    if (current.readyState === EventSource.CLOSED) reconnectTimer = setTimeout(connect, reconnectDelay);
  });
}

function showConnection(state) {
  document.body.dataset.connection = state;
  lost.hidden = state !== 'lost';
  if (state === 'lost') showTyping(false);
  showPresence();
}

function showPresence() {
  const state = document.body.dataset.connection;
  presence.textContent = state === 'lost' ? texts.reconnecting
    : state === 'connecting' ? texts.connecting
    : typing.hidden ? texts.online : texts.typing;
}

function showSnapshot(snapshot) {
  chat.setAttribute('aria-busy', 'true');
  messages.replaceChildren();
  element('webhooks').replaceChildren();
  element('webhook-status').textContent = texts.noWebhook;
  [...snapshot.messages, ...snapshot.notices]
    .sort((one, other) => one.sequence - other.sequence)
    .forEach((line) => (line.code ? showNotice(line, false) : showMessage(line, false)));
  showFaults(snapshot.faults);
  snapshot.webhooks.forEach(showWebhook);
  empty.hidden = snapshot.messages.length + snapshot.notices.length > 0;
  showTyping(snapshot.typing);
  showConnection('live');
  scrollToEnd();
  chat.removeAttribute('aria-busy');
}

function showTyping(isTyping) {
  const follow = isAtEnd();
  clearTimeout(typingTimer);
  typing.hidden = !isTyping;
  if (isTyping) typingTimer = setTimeout(() => showTyping(false), typingLapse);
  showPresence();
  if (follow) scrollToEnd();
}

// Bubbles

function showMessage(message, isNew) {
  const known = document.getElementById(`m-${message.id}`);
  const follow = isAtEnd() || (message.mine && !known);
  const bubble = drawBubble(message);
  if (known) {
    bubble.classList.toggle('first', known.classList.contains('first'));
    known.replaceWith(bubble);
  } else {
    appendBubble(bubble, message);
    bubble.classList.toggle('new', isNew);
    empty.hidden = true;
  }
  if (follow) scrollToEnd();
}

function appendBubble(bubble, message) {
  const before = messages.lastElementChild;
  const date = new Date(message.at).toDateString();
  bubble.classList.toggle('first', before?.dataset.mine !== bubble.dataset.mine || before.dataset.date !== date);
  appendLine(bubble, message.at);
}

function appendLine(line, at) {
  const date = new Date(at).toDateString();
  if (messages.lastElementChild?.dataset.date !== date) {
    const label = date === new Date().toDateString() ? texts.today : day.format(at);
    messages.append(make('div', 'day', label));
  }
  line.dataset.date = date;
  messages.append(line);
  while (messages.childElementCount > mostBubbles) messages.firstElementChild.remove();
}

// What the system did about a fault: a quiet line between the bubbles, as WhatsApp has them.

function showNotice(notice, isNew) {
  const follow = isAtEnd();
  const line = make('p', 'system', fill(texts[`notice.${notice.code}`] ?? notice.code, notice.values));
  line.dataset.testid = 'notice';
  line.dataset.code = notice.code;
  line.title = seconds.format(notice.at);
  line.classList.toggle('new', isNew);
  appendLine(line, notice.at);
  empty.hidden = true;
  if (follow) scrollToEnd();
}

// Numbers with a point get the comma of the page's language.
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (hole, name) => {
  const value = values[name] ?? hole;
  return /^\d+\.\d+$/.test(value) ? Number(value).toLocaleString(texts.lang, { minimumFractionDigits: 1 }) : value;
});

function drawBubble(message) {
  const bubble = make('div', `bubble ${message.mine ? 'out' : 'in'}`);
  bubble.id = `m-${message.id}`;
  bubble.dataset.testid = message.mine ? 'bubble-out' : 'bubble-in';
  bubble.dataset.mine = message.mine;
  bubble.dataset.date = new Date(message.at).toDateString();
  bubble.append(make('span', 'unseen', `${message.mine ? texts.you : 'OpenClaw'}: `));
  if (message.quoted) bubble.append(make('div', 'quote', message.quoted));

  const text = make('span', 'text');
  text.dataset.testid = 'bubble-text';
  renderMarks(message.text, text);
  const meta = make('span', 'meta');
  const time = make('time', '', clock.format(message.at));
  time.dateTime = new Date(message.at).toISOString();
  meta.append(time);
  if (message.mine) meta.append(drawTicks(message.ticks));
  bubble.append(text, meta);

  if (message.reaction) {
    bubble.classList.add('reacted');
    bubble.append(make('span', 'reaction', message.reaction));
  }
  return bubble;
}

function drawTicks(state) {
  const ticks = make('span', 'ticks', { sent: '✓', failed: '!' }[state] ?? '✓✓');
  ticks.dataset.testid = 'ticks';
  ticks.dataset.state = state;
  ticks.role = 'img';
  ticks.ariaLabel = texts[state];
  ticks.title = texts[state];
  return ticks;
}

// WhatsApp's marks: ```block```, `code`, *bold*, _italic_, ~strike~ and plain links.

const mark = /`([^`\n]+)`|(https?:\/\/[^\s<>"'`]+)|(?<![\p{L}\p{N}])([*_~])(?=\S)([^\n]{0,2000}?\S)\3(?![\p{L}\p{N}])/gu;
const tags = { '*': 'strong', _: 'em', '~': 's' };

function renderMarks(text, into) {
  // A block stands on lines of its own already: the line breaks around it would be empty lines.
  text.split(/\n?```\n?([\s\S]+?)\n?```\n?/).forEach((part, index) => {
    if (index % 2 === 1) into.append(make('pre', '', part));
    else renderInline(part, into);
  });
}

function renderInline(text, into) {
  let end = 0;
  for (const match of text.matchAll(mark)) {
    into.append(text.slice(end, match.index));
    const [all, code, link, sign, inner] = match;
    if (code) into.append(make('code', '', code));
    else if (link) into.append(drawLink(link));
    else renderInline(inner, into.appendChild(make(tags[sign], '')));
    end = match.index + all.length;
    if (link) end -= link.length - trimLink(link).length;
  }
  into.append(text.slice(end));
}

// A sentence's end is not part of its link.
const trimLink = (link) => link.replace(/[.,;:!?)*_~\]]+$/, '');

function drawLink(link) {
  const anchor = make('a', '', trimLink(link));
  anchor.href = trimLink(link);
  anchor.target = '_blank';
  anchor.rel = 'noopener noreferrer nofollow';
  return anchor;
}

// Sending

async function post(path, body) {
  return fetch(new URL(path, root), {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
}

async function send(text) {
  showProblem('');
  try {
    const answer = await post('messages', { person, text });
    if (answer.ok) return true;
    showProblem(answer.status === 413 ? texts.tooLong : texts.notSent);
  } catch {
    showProblem(texts.notSent);
  }
  return false;
}

function showProblem(text) {
  problem.textContent = text;
  problem.hidden = text === '';
}

element('composer').addEventListener('submit', async (event) => {
  event.preventDefault();
  const text = input.value;
  if (text.trim() === '') return;
  input.value = '';
  input.focus();
  if (!await send(text) && input.value === '') input.value = text;
});

input.addEventListener('keydown', (event) => {
  if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  element('composer').requestSubmit();
});

document.querySelectorAll('[data-suggestions] button').forEach((button) => {
  button.addEventListener('click', () => send(button.textContent));
});

// People

document.querySelectorAll('button[data-person]').forEach((button) => {
  button.addEventListener('click', () => showPerson(button.dataset.person));
});

function showPerson(key, takeFocus = true) {
  if (key === person) return;
  person = key;
  document.body.dataset.person = key;
  document.querySelectorAll('button[data-person]').forEach((button) => button.setAttribute('aria-pressed', button.dataset.person === key));
  document.querySelectorAll('[data-suggestions]').forEach((row) => { row.hidden = row.dataset.suggestions !== key; });
  element('title').textContent = key === 'group' ? texts.groupName : element('title').dataset.name;
  history.replaceState(null, '', `?person=${encodeURIComponent(key)}`);
  messages.replaceChildren();
  showProblem('');
  showResult('', true);
  showTyping(false);
  showConnection('connecting');
  connect();
  if (takeFocus) input.focus();
}

// Behind the scenes

function showWebhook(report) {
  const status = report.status ?? texts.noAnswer;
  const code = report.attempt > 1 ? `${status} (${texts.attempt} ${report.attempt})` : `${status}`;
  element('webhook-status').textContent = `${report.event} → ${code}`;
  const row = make('li', '');
  row.dataset.good = report.delivered;
  row.append(make('time', '', seconds.format(report.at)), make('span', 'event', report.event), make('span', 'code', code));
  const list = element('webhooks');
  list.prepend(row);
  while (list.childElementCount > mostWebhooks) list.lastElementChild.remove();
}

function showResult(text, good) {
  const result = element('resend-result');
  result.textContent = text;
  result.dataset.good = good;
}

element('resend').addEventListener('click', async (event) => {
  const button = event.currentTarget;
  button.disabled = true;
  try {
    const answer = await post('resend', { person });
    if (answer.status === 409) {
      showResult(texts.resendNothing, false);
    } else {
      const { status } = await answer.json();
      showResult(status ? `${texts.resent} ${status}` : texts.resendFailed, status >= 200 && status < 300);
    }
  } catch {
    showResult(texts.resendFailed, false);
  } finally {
    button.disabled = false;
  }
});

// Faults

const faultButtons = [...document.querySelectorAll('[data-fault]')];

function showFaults(on) {
  faultButtons.filter((button) => button.hasAttribute('aria-pressed'))
    .forEach((button) => button.setAttribute('aria-pressed', on.includes(button.dataset.fault)));
}

faultButtons.forEach((button) => button.addEventListener('click', () => press(button)));

async function press(button) {
  if (button.getAttribute('aria-busy') === 'true') return;
  const on = button.getAttribute('aria-pressed') !== 'true';
  const result = element('fault-result');
  // Not disabled: the focus would be lost to who works by keyboard.
  button.setAttribute('aria-busy', 'true');
  result.textContent = '';
  try {
    const answer = await post('faults', { person, fault: button.dataset.fault, on });
    const told = await answer.json();
    if (answer.ok) showPerson(told.chat, false);
    else result.textContent = texts[`refused.${told.error}`] ?? texts.faultFailed;
  } catch {
    result.textContent = texts.faultFailed;
  } finally {
    button.removeAttribute('aria-busy');
  }
}

function openPanel(open) {
  element('panel').classList.toggle('open', open);
  element('panel-toggle').setAttribute('aria-expanded', open);
  (open ? element('panel-close') : element('panel-toggle')).focus();
  scrollToEnd();
}

element('panel-toggle').addEventListener('click', () => openPanel(!element('panel').classList.contains('open')));
element('panel-close').addEventListener('click', () => openPanel(false));
element('panel').addEventListener('keydown', (event) => event.key === 'Escape' && openPanel(false));

// Small things

function make(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

function isAtEnd() {
  return chat.scrollHeight - chat.scrollTop - chat.clientHeight < 120;
}

function scrollToEnd() {
  chat.scrollTop = chat.scrollHeight;
}

connect();
