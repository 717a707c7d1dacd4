/** Light theme. Every pair of text and background has a contrast of at least 4.5 in both themes (WCAG 2.2, 1.4.3). */
export const colors = {
  page: '#f3f4f8',
  card: '#ffffff',
  line: '#e2e4ee',
  text: '#1c1d2b',
  quiet: '#595b70',
  link: '#3d3bb3',
  button: '#3d3bb3',
  buttonText: '#ffffff',
};

const darkColors = {
  page: '#10111c',
  card: '#1a1c2c',
  line: '#34374f',
  text: '#eeeef6',
  quiet: '#b4b7cd',
  link: '#b3b6ff',
  button: '#b3b6ff',
  buttonText: '#14152a',
};

export const fontFamily =
  "-apple-system, BlinkMacSystemFont, 'Segoe UI', Roboto, 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', Helvetica, Arial, sans-serif";

/** Dark theme. Some mail programs drop style sheets, so the light theme is inline and only the dark theme is a style sheet. */
export const darkStyle = `
  :root { color-scheme: light dark; supported-color-schemes: light dark; }
  @media (prefers-color-scheme: dark) {
    .page, .page > table > tbody > tr > td { background-color: ${darkColors.page} !important; }
    .card { background-color: ${darkColors.card} !important; border-color: ${darkColors.line} !important; }
    .text, .text h1, .text p, .code { color: ${darkColors.text} !important; }
    .text .quiet, .quiet { color: ${darkColors.quiet} !important; }
    .code { background-color: ${darkColors.page} !important; border-color: ${darkColors.line} !important; }
    .link { color: ${darkColors.link} !important; }
    .button { background-color: ${darkColors.button} !important; color: ${darkColors.buttonText} !important; }
  }
`;
