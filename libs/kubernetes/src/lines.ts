/** The lines of a body that comes in pieces; what is left without an end is none. */
export async function* linesOf(body: AsyncIterable<Uint8Array>): AsyncIterable<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const piece of body) {
    const [last = '', ...whole] = (rest + decoder.decode(piece, { stream: true })).split('\n').toReversed();
    rest = last;
    yield* whole.toReversed().filter((line) => line !== '');
  }
}
