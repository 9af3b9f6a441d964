// A client by @hey-api/openapi-ts: a function for each operation.
import { client } from "./client/client.gen";
import {
  bookSeries,
  cancelSeries,
  getMe,
  listSeries,
  login,
  previewSeries,
} from "./client";

client.setConfig({ baseUrl: process.env.BOOKING_URL ?? "" });

const { data: tokens } = await login({
  body: { email: "ben@example.com", password: "correct horse battery" },
  throwOnError: true,
});
if ("second_factor" in tokens) throw new Error("A second factor is needed.");
client.setConfig({ auth: tokens.access });

const { data: me } = await getMe({ throwOnError: true });
console.log("me", me.roles.join());

const plan = {
  therapist_id: 1,
  type: "one-off",
  start: "2030-03-04 09:00",
  duration: 50,
  every_weeks: 1,
  count: 3,
} as const;
const preview = await previewSeries({ body: plan, throwOnError: true });
console.log("preview", preview.data.dates.filter((date) => !date.errors.length).length);

const { data: series } = await bookSeries({ body: plan, throwOnError: true });
console.log("series", series.dates.map((date) => date.status).join());

const refused = await bookSeries({ body: plan });
console.log("again", refused.response?.status, refused.error?.errors[0]?.code);

await cancelSeries({ path: { id: series.id }, body: {}, throwOnError: true });
const { data: listed } = await listSeries({ throwOnError: true });
const dates = listed.results.find((one) => one.id === series.id)?.dates ?? [];
console.log("cancelled", dates.map((date) => date.status).join());
