export { fixtures } from "../twilio-sms/fixtures.ts";
