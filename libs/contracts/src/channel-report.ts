import { z } from 'zod';

/** What the notifier that delivers says of its channels: there as long as one delivers. */
export const ChannelReportWire = z.object({
  notifier: z.string().min(1),
  channels: z.array(z.object({ id: z.string().min(1), problem: z.string().optional() })).readonly(),
});
export type ChannelReport = Readonly<z.infer<typeof ChannelReportWire>>;

/** What people have to know of it, in words, worst first. Pure. */
export function channelTroubles({ channels }: ChannelReport): readonly string[] {
  const failing = channels.flatMap(({ problem }) => problem ?? []);
  const isEvery = channels.length > 0 && failing.length === channels.length;
  return isEvery ? [`No channel takes anything: nobody is told of what happens.`, ...failing] : failing;
}
