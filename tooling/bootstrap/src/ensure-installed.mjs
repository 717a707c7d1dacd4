import { install } from './install.mjs';
import { isInstalled, markInstalled } from './install-stamp.mjs';
import { waitForTurn } from './wait-for-turn.mjs';

/** Installs the packages unless they are there. One that was interrupted is done again by the next start. */
export const ensureInstalled = async () => {
  if (isInstalled()) return;
  const done = await waitForTurn();
  try {
    if (isInstalled()) return;
    console.log('Installing packages. The first time takes about a minute.');
    await install();
    markInstalled();
  } finally {
    done();
  }
};
