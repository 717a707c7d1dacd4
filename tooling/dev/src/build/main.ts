import { listenForStop } from '../start/stop-requests.ts';
import { buildApps } from './build-apps.ts';

await buildApps(listenForStop().asked);
