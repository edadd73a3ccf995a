/** Starts a site of the archives that it is given, says so, and stays until it is killed. */
import { KubernetesSite } from '../lab/kubernetes/node/kubernetes-site.js';

const archives = process.argv.slice(2);
await KubernetesSite.start({ site: 'a', images: archives, say: (line) => void process.stdout.write(`${line}\n`) });
process.stdout.write('up\n');
process.stdin.resume();
