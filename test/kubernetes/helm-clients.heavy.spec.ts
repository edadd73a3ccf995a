import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { ControlPlane } from '../lab/kubernetes/control-plane.js';
import { ClientsChart, type Says } from './clients-release.js';
import { Arena, makeNamespace } from './fence/arena.js';
import { installFence, policyNamed } from './fence/install.js';
import { CONFIG_MAP } from './fence/kind.js';
import { EPOCH, GROUP, LABEL, NAMESPACE, WRITE } from './fence/marks.js';
import { Subject } from './fence/subject.js';
import { describeOnKubernetes, startPlane } from './ground.js';
import { Helm, type HelmVersion } from './helm.js';

const SWITCHED = 'kafka.b:9092';
const RELEASE = 'clients';
const ROUNDS = 5;
const VERSIONS: readonly HelmVersion[] = ['helm3', 'helm4'];

/**
 * Helm 3 computes a patch from the release before, the new one and what is there; Helm 4 applies on the server. Neither may
 * put a value back that was switched.
 */
describeOnKubernetes('a release of clients whose ConfigMap was switched', () => {
  let plane: ControlPlane;
  let settings: Subject;
  beforeAll(async () => {
    plane = await startPlane();
    await makeNamespace(plane);
    settings = new Subject(plane, CONFIG_MAP, 'settings');
  });
  afterAll(() => plane?.stop());

  /** As config-switcher writes: seal and value in one apply under its own field manager. */
  const switchTo = async (value: string, epoch: number, write: string) => {
    const marks = { [LABEL]: GROUP, [EPOCH]: String(epoch), [WRITE]: write };
    const answer = await settings.apply(settings.object({ labels: { [LABEL]: GROUP }, annotations: marks, value }));
    expect(answer).toMatchObject({ status: 200 });
  };
  const bootstrap = async () => ((await settings.read())['data'] as Record<string, string>)['bootstrap'];
  const replicas = () =>
    plane.must(['get', 'deployment', 'clients', '--namespace', NAMESPACE, '--output', 'jsonpath={.spec.replicas}']);

  it('goes back with Helm 3 and without a word where there is no fence', async () => {
    const chart = new ClientsChart('names the switched key');
    const helm = new Helm(plane, 'helm3', NAMESPACE);
    await helm.must(['install', RELEASE, chart.folder]);
    await switchTo(SWITCHED, 7, 'r-7.1');
    await helm.must(['upgrade', RELEASE, chart.folder, '--set', 'replicas=3']);
    expect(await bootstrap()).toBe('kafka.a:9092');
    chart.remove();
  });

  describe.each(VERSIONS)('behind the fence, by %s', (version) => {
    beforeAll(() => fenceOff(plane));
    const helmOf = () => new Helm(plane, version, NAMESPACE);
    const upgrade = (chart: ClientsChart, count: number, ...more: readonly string[]) =>
      helmOf().run(['upgrade', RELEASE, chart.folder, '--set', `replicas=${count}`, ...more]);

    describe.each<Says>(['names the switched key', 'leaves the switched key out'])('whose chart %s', (says) => {
      let chart: ClientsChart;
      beforeAll(() => {
        chart = new ClientsChart(says);
      });
      afterAll(() => chart.remove());
      beforeEach(async () => {
        await removeAll(plane);
        await helmOf().must(['install', RELEASE, chart.folder]);
        await switchTo(SWITCHED, 7, 'r-7.1');
      });
      const isRefused = says === 'names the switched key';

      it('keeps the switched value through an upgrade that is about something else', async () => {
        const { code, stderr } = await upgrade(chart, 3);
        expect(await bootstrap()).toBe(SWITCHED);
        expect({ code, stderr }).toMatchObject(isRefused ? { code: 1 } : { code: 0 });
        expect(await replicas()).toMatch(isRefused ? /^[13]$/ : /^3$/);
      });

      it('keeps it when the upgrade insists', async () => {
        const insisting = version === 'helm4' ? ['--force-conflicts'] : ['--force'];
        await upgrade(chart, 3, ...insisting);
        expect(await bootstrap()).toBe(SWITCHED);
      });

      it('keeps it through a rollback', async () => {
        await upgrade(chart, 2);
        await helmOf().run(['rollback', RELEASE, '1']);
        expect(await bootstrap()).toBe(SWITCHED);
      });

      it('keeps it when upgrades and switches come at the same time', async () => {
        const upgrading = (async () => {
          for (let round = 1; round <= ROUNDS; round += 1) await upgrade(chart, round);
        })();
        let epoch = 7;
        for (; epoch < 7 + 4 * ROUNDS; epoch += 1) await switchTo(`kafka.${epoch}:9092`, epoch, `r-${epoch}.2`);
        await upgrading;
        expect(await bootstrap()).toBe(`kafka.${epoch - 1}:9092`);
      });

      it('does not take the ConfigMap with it when it is uninstalled', async () => {
        const { code } = await helmOf().run(['uninstall', RELEASE]);
        expect(code).not.toBe(0);
        expect(await bootstrap()).toBe(SWITCHED);
      });
    });
  });
});

/** The chart's policies, and nothing again where they are already. */
async function fenceOff(plane: ControlPlane): Promise<void> {
  const fence = ['validatingadmissionpolicy', policyNamed('epoch-fence')];
  if ((await plane.must(['get', ...fence, '--ignore-not-found', '--output', 'name'])) !== '') return;
  await installFence(plane);
  await new Arena(plane).enforced();
}

/** Every trace of an earlier test, the sealed ConfigMap by break-glass. */
async function removeAll(plane: ControlPlane): Promise<void> {
  const here = ['--namespace', NAMESPACE];
  const path = String.raw`jsonpath={.metadata.annotations.signalbox\.io/epoch}`;
  const epoch = await plane.must(['get', 'configmap', 'settings', ...here, '--ignore-not-found', '--output', path]);
  if (epoch !== '') {
    const glass = `signalbox.io/break-glass=${epoch}: the next test, by nobody`;
    await plane.must(['annotate', 'configmap', 'settings', ...here, '--overwrite', glass]);
  }
  await plane.must(['delete', 'configmap', 'settings', ...here, '--ignore-not-found']);
  await plane.must(['delete', 'deployment', 'clients', ...here, '--ignore-not-found']);
  await plane.must(['delete', 'secret', ...here, '--selector', 'owner=helm', '--ignore-not-found']);
}
