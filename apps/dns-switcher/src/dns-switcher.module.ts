import { Module, type DynamicModule } from '@nestjs/common';
import type { ProcessId, SiteId } from '#libs/domain';
import { StepWorkerModule } from '#libs/jobs';
import { readSecret } from '#libs/runtime';
import type { Topology } from '#libs/topology';
import { keyedName, nameRecords } from './name-records.js';

/** Moves names between sites; the only process that holds DNS keys. */
@Module({})
export class DnsSwitcherModule {
  /** @throws SecretError */
  static async register(self: { topology: Topology; site: SiteId; process: ProcessId }): Promise<DynamicModule> {
    const { policy, groups } = self.topology;
    const names = await Promise.all(
      groups
        .flatMap(({ traffic }) => traffic)
        .map(async (traffic) => {
          const { secret, keyName } = traffic.provider.tsig;
          return keyedName(traffic, await readSecret(secret, `TSIG key ${keyName} of ${traffic.name}`));
        }),
    );
    return {
      module: DnsSwitcherModule,
      imports: [
        StepWorkerModule.register({
          ...self,
          worker: 'dns-switcher',
          resources: (clock, random) => nameRecords(names, policy, clock, random),
        }),
      ],
    };
  }
}
