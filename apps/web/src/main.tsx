// Must be the first import: it removes a mailed token from the URL.
import './routing/link-token.ts';
import './styles/index.css';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { watchSession } from './sessions/session.ts';

const root = document.querySelector('#app');
if (root === null) throw new Error('index.html has no #app');
watchSession();
createRoot(root).render(<App />);
