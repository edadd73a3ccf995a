/**
 * - `seeded`: every group without members that is known to consume a flow's topics has a place to go on from at the
 *   target, in every partition that it consumed at the source;
 * - `unseeded`: one of them has not, and would begin where its own `auto.offset.reset` says.
 */
export type GroupOffsets = 'seeded' | 'unseeded';
