/** The inbox's own style: readable in light and dark, large enough targets, visible focus. */
export const STYLE = `
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }
body { max-width: 60rem; margin: 0 auto; padding: 1rem; }
ol { list-style: none; padding: 0; }
ol li { border-top: 1px solid GrayText; padding: .75rem 0; overflow-wrap: anywhere; }
ol a { font-weight: 600; }
ol p { margin: 0; }
a:focus-visible, summary:focus-visible, pre:focus-visible { outline: 3px solid Highlight; outline-offset: 2px; }
iframe { width: 100%; height: 32rem; border: 1px solid GrayText; background: white; color-scheme: light; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; border: 1px solid GrayText; padding: 1rem; }
dt { font-weight: 600; }
dd { margin: 0 0 .5rem; overflow-wrap: anywhere; }
`;

/** Waits for the next mail and says so; reloading is left to the reader, who may be in the middle of something. */
export const WATCH = `
const news = document.getElementById('news');
const watch = async () => {
  const answer = await fetch('/api/messages?wait=60&after=' + news.dataset.last);
  const { messages } = await answer.json();
  if (messages.length === 0) return watch();
  const link = document.createElement('a');
  link.href = '/';
  link.textContent = 'New mail has arrived: show it';
  news.replaceChildren(link);
};
watch().catch(() => { news.textContent = 'The inbox does not answer any more.'; });
`;
