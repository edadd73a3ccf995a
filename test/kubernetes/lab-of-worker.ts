import { NETS_MAX } from '../lab/layout.js';

/** Jest's workers run side by side: the first has the lab that was asked for, and each other one that follows. */
const worker = Number(process.env['JEST_WORKER_ID'] ?? 1);
if (worker > 1) {
  const asked = Number(process.env['SIGNALBOX_LAB_NET'] ?? 0);
  process.env['SIGNALBOX_LAB_NET'] = String((asked + worker - 1) % NETS_MAX);
}
