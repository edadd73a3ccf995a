import { InvariantViolation } from '#libs/domain';
import { bootstrap, Clock, readSecret, Readiness } from '#libs/runtime';
import { Injectable, Module, type OnApplicationShutdown } from '@nestjs/common';

/** The smallest process: what bootstrap does, seen from outside. `TINY` says how it misbehaves. */
const behaviour = process.env['TINY'];

@Injectable()
class Work implements OnApplicationShutdown {
  constructor(clock: Clock, readiness: Readiness) {
    if (behaviour === 'blocked') readiness.missing('journal', 'no etcd member answers', 'blocked');
    if (behaviour === 'bug') {
      void clock.sleep(50).then(() => {
        throw new InvariantViolation('two leaders in one epoch');
      });
    }
  }

  onApplicationShutdown(): void {
    process.stdout.write('work in progress has ended\n');
  }
}

@Module({ providers: [Work] })
class TinyModule {}

await bootstrap({
  name: 'tiny',
  module: async () => {
    if (behaviour === 'no-secret') await readSecret({ file: '/nowhere/password' }, 'password of kafka-a');
    return TinyModule;
  },
});
