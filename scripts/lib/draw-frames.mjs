// Draws pictures of a terminal, one after the other, as one SVG that plays by itself.

const CELL = { width: 8.4, height: 18 };
const PADDING = 16;
/** How long the last picture stays. */
const REST_MS = 6000;

const COLOURS = ['#1c2128', '#ff7b72', '#7ee787', '#e3b341', '#79c0ff', '#d2a8ff', '#76e3ea', '#d1d7e0'];
const BRIGHT = ['#6e7681', '#ffa198', '#a5f3b0', '#f2cc60', '#a5d6ff', '#e2c5ff', '#b3f0ff', '#ffffff'];
const TEXT = '#d1d7e0';
const BACKGROUND = '#0d1117';

/** `frames` are screens with escape sequences as `tmux capture-pane -e` prints them, each with its time in ms. */
export function drawFrames(frames, { width, height }) {
  const size = { width: width * CELL.width + 2 * PADDING, height: height * CELL.height + 2 * PADDING };
  const total = frames.at(-1).at + REST_MS;
  const shown = frames.map(({ at, screen }, index) => {
    const from = (100 * at) / total;
    const to = index + 1 < frames.length ? (100 * frames[index + 1].at) / total : 100;
    const lines = screen.split('\n').slice(0, height).map(drawLine).join('');
    return { style: keyframes(index, from, to, total), group: `<g class="f f${index}">${lines}</g>` };
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" xml:space="preserve" viewBox="0 0 ${size.width} ${size.height}" role="img" aria-label="The demo in a terminal">`,
    '<style>',
    `text{font:14px ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;fill:${TEXT};white-space:pre}`,
    '.f{visibility:hidden}',
    // Who asks for less motion sees the end.
    `@media (prefers-reduced-motion:reduce){.f{animation:none!important}.f${frames.length - 1}{visibility:visible!important}}`,
    ...shown.map(({ style }) => style),
    '</style>',
    `<rect width="100%" height="100%" rx="10" fill="${BACKGROUND}"/>`,
    ...shown.map(({ group }) => group),
    '</svg>',
    '',
  ].join('\n');
}

function keyframes(index, from, to, total) {
  const before = from > 0 ? `0%{visibility:hidden}` : '';
  const after = to < 100 ? `${to.toFixed(3)}%{visibility:hidden}` : '';
  return (
    `@keyframes k${index}{${before}${from.toFixed(3)}%{visibility:visible}${after}}` +
    `.f${index}{animation:k${index} ${total}ms step-end infinite}`
  );
}

function drawLine(line, row) {
  const spans = readSpans(line);
  if (spans.every(({ text }) => text.trim() === '')) return '';
  const y = PADDING + row * CELL.height + 14;
  let column = 0;
  const drawn = spans.map(({ text, style }) => {
    const x = PADDING + column * CELL.width;
    column += [...text].length;
    return text.trim() === '' ? '' : `<tspan x="${x.toFixed(1)}"${style}>${escapeXml(text)}</tspan>`;
  });
  return `<text y="${y}">${drawn.join('')}</text>`;
}

/** What sets colours begins with an escape character. */
const ESCAPE = String.fromCodePoint(27);
const SETTING = new RegExp(`(${ESCAPE}\\[[\\d;]*m)`);
const CODES = new RegExp(`^${ESCAPE}\\[([\\d;]*)m$`);

function readSpans(line) {
  const spans = [];
  let state = { colour: null, bold: false, dim: false };
  for (const part of line.split(SETTING)) {
    const codes = CODES.exec(part);
    if (codes) state = applyCodes(state, codes[1].split(';').map(Number));
    else if (part !== '') spans.push({ text: part, style: styleOf(state) });
  }
  return spans;
}

function applyCodes(state, codes) {
  const next = { ...state };
  for (let index = 0; index < codes.length; index += 1) {
    const code = codes[index];
    if (code === 0) Object.assign(next, { colour: null, bold: false, dim: false });
    else if (code === 1) next.bold = true;
    else if (code === 2) next.dim = true;
    else if (code === 22) Object.assign(next, { bold: false, dim: false });
    else if (code >= 30 && code <= 37) next.colour = COLOURS[code - 30];
    else if (code >= 90 && code <= 97) next.colour = BRIGHT[code - 90];
    else if (code === 39) next.colour = null;
    else if (code === 38 || code === 48) index += codes[index + 1] === 5 ? 2 : 4;
  }
  return next;
}

function styleOf({ colour, bold, dim }) {
  const fill = colour === null ? '' : ` fill="${colour}"`;
  return `${fill}${bold ? ' font-weight="600"' : ''}${dim ? ' opacity=".6"' : ''}`;
}

function escapeXml(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
