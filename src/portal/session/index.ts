export { forgetSession, keepSession, keepTheme, readSession, type Theme, themeOf } from "./cookies.ts";
export { callerOfSession, SESSION_S, Session, sessionFor, sessionOfLink } from "./session.ts";
