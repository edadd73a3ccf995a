/** P(X ≤ count) for a Poisson variable of this mean. */
export function poissonAtMost(count: number, mean: number): number {
  // In logarithms, since e^-mean is nothing at all for a mean of a thousand.
  let logTerm = -mean;
  let sum = Math.exp(logTerm);
  for (let k = 1; k <= count; k++) {
    logTerm += Math.log(mean / k);
    sum += Math.exp(logTerm);
  }
  return sum;
}

/**
 * The rate that so many events in so much exposure leave possible with 95 % confidence (one-sided, exact): with none in 400
 * years still 3 / 400 a year.
 */
export function upper95(count: number, exposure: number): number {
  let [low, high] = [count, count + 10 + 5 * Math.sqrt(count + 1)];
  for (let step = 0; step < 60; step++) {
    const mean = (low + high) / 2;
    if (poissonAtMost(count, mean) > 0.05) low = mean;
    else high = mean;
  }
  return high / exposure;
}
