// First of all: it takes the token out of the address.
import './boot/link-token.ts';
import './styles/index.css';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { followSession } from './session/session.ts';

const root = document.querySelector('#app');
if (root === null) throw new Error('index.html has no #app');
followSession();
createRoot(root).render(<App />);
