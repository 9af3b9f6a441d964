// A client by openapi-typescript and openapi-fetch: types, and 6 kB of code.
import createClient from "openapi-fetch";
import type { components, paths } from "./schema";

type Slot = components["schemas"]["Slot"];
type Refusal = components["schemas"]["ErrorResponse"];

const api = createClient<paths>({ baseUrl: process.env.BOOKING_URL ?? "" });

const codes = (refusal: Refusal): string => refusal.errors.map((e) => e.code).join();

const { data: tokens, error } = await api.POST("/api/v1/auth/login", {
  body: { email: "ana@example.com", password: "correct horse battery" },
});
if (error) throw new Error(codes(error));
if ("second_factor" in tokens) throw new Error("A second factor is needed.");
const headers = { Authorization: `Bearer ${tokens.access}` };

const day = (days: number): string =>
  new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

const search = await api.GET("/api/v1/slots", {
  params: { query: { start: day(7), end: day(21), type: "one-off" } },
});
if (search.error) throw new Error(codes(search.error));
// The same operation lists days, for a month's view, when it is asked to.
const isSlot = (row: object): row is Slot => "type" in row;
const slots = search.data.results.filter(isSlot);

const book = async (slot: Slot) =>
  api.POST("/api/v1/appointments", {
    headers,
    body: {
      start: slot.start,
      duration: slot.duration,
      type: slot.type,
      therapist_id: slot.therapist.id,
    },
  });

const first = slots[0];
if (!first) throw new Error("No slot is free.");
const booked = await book(first);
if (booked.error) throw new Error(codes(booked.error));
console.log("booked", booked.data.status, booked.data.start === first.start);

const again = await book(first);
console.log("again", again.response.status, again.error && codes(again.error));

const path = { id: booked.data.id };
const cancelled = await api.POST("/api/v1/appointments/{id}/cancel", {
  headers,
  params: { path },
  body: { reason: "travel" },
});
console.log("cancelled", cancelled.data?.status, cancelled.data?.cancellation_reason);
