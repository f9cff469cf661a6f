/**
 * The time that the quota gives each request, in milliseconds: 60 s / quota and 1 % more. The limiter of the queue begins
 * one request a slot. (`max: 120, duration: 60000` would be a fixed window, which lets nearly twice the quota into one
 * rolling minute.)
 */
export function slotMs(requestsPerMinute: number): number {
  return Math.ceil((60_000 / requestsPerMinute) * 1.01);
}
