export { keepTheme, type Theme, themeOf } from "./cookies.ts";
export { beginSession, finishSession, isOurs, readSession, type Session } from "./session.ts";
