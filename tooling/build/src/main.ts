import { listenForStop } from './stop-requests.ts';
import { buildApps } from './build-apps.ts';

await buildApps(listenForStop().asked);
