/** Every pair of text and ground has a contrast of at least 4.5 (WCAG 2.2, 1.4.3), by day and by night. */
const day = {
  page: '#f3f4f8',
  card: '#ffffff',
  line: '#e2e4ee',
  text: '#1c1d2b',
  quiet: '#595b70',
  link: '#3d3bb3',
  button: '#3d3bb3',
  buttonText: '#ffffff',
};

const night = {
  page: '#10111c',
  card: '#1a1c2c',
  line: '#34374f',
  text: '#eeeef6',
  quiet: '#b4b7cd',
  link: '#b3b6ff',
  button: '#b3b6ff',
  buttonText: '#14152a',
};

export const colors = day;

export const fontFamily =
  "-apple-system, BlinkMacSystemFont, 'Segoe UI', Roboto, 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', Helvetica, Arial, sans-serif";

/** Mail programs keep inline styles and drop the rest, so the day is inline and only the night is a style sheet. */
export const nightStyle = `
  :root { color-scheme: light dark; supported-color-schemes: light dark; }
  @media (prefers-color-scheme: dark) {
    .page, .page > table > tbody > tr > td { background-color: ${night.page} !important; }
    .card { background-color: ${night.card} !important; border-color: ${night.line} !important; }
    .text, .text h1, .text p, .code { color: ${night.text} !important; }
    .text .quiet, .quiet { color: ${night.quiet} !important; }
    .code { background-color: ${night.page} !important; border-color: ${night.line} !important; }
    .link { color: ${night.link} !important; }
    .button { background-color: ${night.button} !important; color: ${night.buttonText} !important; }
  }
`;
