import type { EventType, Json } from "../event-type.ts";

const system = "cases";

const tomas = { id: "usr_01KGEPJD60HC97VG63XW0HS59T", name: "Tomás Ribeiro", email: "tomas.ribeiro@example.com" };
const grace = { id: "usr_01KGHFD4YRB86T7W2N5AQV0D1B", name: "Grace Okafor", email: "grace.okafor@example.com" };

/** An employee's move to Lisbon. */
const ASSIGNMENT = "asg_01KH1H0EMRHFDCWPP9SP5YZ9HG";
/** The residence permit that the move needs. */
const CASE = "case_01KH3CFMZRR8WYW1TJS758ZKZ5";
const TASK = "task_01KHK2VFR0Y8TY4S3HRMGGENVS";
const EXPENSE = "exp_01KHNQHEG0QZJ1CWNKFRRWMFYD";
const CONTACT = "cnt_01KQ6XGN60PNP7VCGE36YMJ0WN";
const BILLING_DETAILS = "bil_01KQ9ZBRG0NJBCGRAB5WXXG681";

const permit = {
  id: CASE,
  assignment_id: ASSIGNMENT,
  reference: "PT-2026-0184",
  type: "residence_permit",
  title: "Residence permit for Priya Nair",
  status: "in_progress",
  case_manager: tomas,
  due_date: "2026-06-30",
  created_at: "2026-02-10T09:00:27Z",
};

const task = {
  id: TASK,
  case_id: CASE,
  title: "Collect the legalised degree certificate",
  status: "open",
  assignee: tomas,
  due_date: "2026-05-08",
};

const expense = {
  id: EXPENSE,
  case_id: CASE,
  category: "government_fee",
  description: "Application fee, immigration office",
  amount: "165.00",
  currency: "EUR",
  status: "submitted",
  incurred_on: "2026-02-16",
};

const assignment = {
  id: ASSIGNMENT,
  reference: "A-2217",
  type: "long_term",
  status: "planned",
  employee: { id: "emp_10442", name: "Priya Nair", email: "priya.nair@example.com" },
  home: { country: "CA", city: "Toronto" },
  host: { country: "PT", city: "Lisbon" },
  start_date: "2026-06-01",
  end_date: "2028-05-31",
  manager: grace,
  created_at: "2026-02-09T15:41:03Z",
};

const contact = {
  id: CONTACT,
  assignment_id: ASSIGNMENT,
  role: "partner",
  name: "Arjun Nair",
  email: "arjun.nair@example.org",
  phone: "+14165550122",
};

const billingDetails = {
  id: BILLING_DETAILS,
  assignment_id: ASSIGNMENT,
  legal_entity: "Example Industries Ltd.",
  cost_center: "CC-4410",
  currency: "CAD",
  payment_terms_days: 30,
  billing_email: "invoices@example.com",
};

const change = (from: Json, to: Json) => ({ from, to });

/** Cases, the assignments that they belong to, and what hangs on both. */
export const casesEvents: readonly EventType[] = [
  {
    name: "cases.created",
    title: "Case created",
    description: "A new case was opened.",
    system,
    sample: { ...permit, status: "new", created_by: grace },
  },
  {
    name: "cases.updated",
    title: "Case updated",
    description: "Fields of a case changed.",
    system,
    sample: {
      ...permit,
      due_date: "2026-07-15",
      updated_at: "2026-04-29T09:10:00Z",
      changes: { due_date: change("2026-06-30", "2026-07-15") },
    },
  },
  {
    name: "cases.closed",
    title: "Case closed",
    description: "The work on a case ended.",
    system,
    sample: {
      ...permit,
      status: "closed",
      outcome: "approved",
      closed_by: tomas,
      closed_at: "2026-07-09T14:22:36Z",
    },
  },
  {
    name: "cases.archived",
    title: "Case archived",
    description: "A case was moved to the archive.",
    system,
    sample: { id: CASE, reference: permit.reference, archived_by: tomas, archived_at: "2026-08-03T08:00:12Z" },
  },
  {
    name: "cases.unarchived",
    title: "Case unarchived",
    description: "A case was brought back from the archive.",
    system,
    sample: {
      id: CASE,
      reference: permit.reference,
      status: "closed",
      unarchived_by: grace,
      unarchived_at: "2026-08-05T10:47:55Z",
    },
  },
  {
    name: "cases.tasks.created",
    title: "Case task created",
    description: "A task was added to a case.",
    system,
    sample: { ...task, created_by: grace, created_at: "2026-02-16T11:20:00Z" },
  },
  {
    name: "cases.tasks.updated",
    title: "Case task updated",
    description: "Fields of a case's task changed, its completion among them.",
    system,
    sample: {
      ...task,
      status: "done",
      updated_at: "2026-05-05T08:00:00Z",
      changes: { status: change("open", "done"), completed_at: change(null, "2026-05-05T08:00:00Z") },
    },
  },
  {
    name: "cases.tasks.deleted",
    title: "Case task deleted",
    description: "A task was removed from a case.",
    system,
    sample: { id: TASK, case_id: CASE, deleted_by: tomas, deleted_at: "2026-05-06T12:15:09Z" },
  },
  {
    name: "cases.expenses.created",
    title: "Case expense created",
    description: "An expense was recorded on a case.",
    system,
    sample: { ...expense, submitted_by: tomas, created_at: "2026-02-17T12:00:00Z" },
  },
  {
    name: "cases.expenses.updated",
    title: "Case expense updated",
    description: "Fields of a case's expense changed, its approval among them.",
    system,
    sample: {
      ...expense,
      amount: "170.50",
      status: "approved",
      updated_at: "2026-02-18T09:26:13Z",
      changes: { amount: change("165.00", "170.50"), status: change("submitted", "approved") },
    },
  },
  {
    name: "cases.expenses.deleted",
    title: "Case expense deleted",
    description: "An expense was removed from a case.",
    system,
    sample: { id: EXPENSE, case_id: CASE, deleted_by: grace, deleted_at: "2026-02-19T11:38:20Z" },
  },
  {
    name: "assignments.created",
    title: "Assignment created",
    description: "A new assignment was set up.",
    system,
    sample: { ...assignment, created_by: grace },
  },
  {
    name: "assignments.updated",
    title: "Assignment updated",
    description: "Fields of an assignment other than its status changed.",
    system,
    sample: {
      ...assignment,
      start_date: "2026-06-15",
      updated_at: "2026-04-02T13:26:44Z",
      changes: { start_date: change("2026-06-01", "2026-06-15") },
    },
  },
  {
    name: "assignments.status.updated",
    title: "Assignment status updated",
    description: "An assignment moved from one status to another.",
    system,
    sample: {
      id: ASSIGNMENT,
      reference: assignment.reference,
      status: "active",
      previous_status: "planned",
      updated_by: grace,
      updated_at: "2026-06-15T07:00:00Z",
    },
  },
  {
    name: "assignments.archived",
    title: "Assignment archived",
    description: "An assignment was moved to the archive.",
    system,
    sample: {
      id: ASSIGNMENT,
      reference: assignment.reference,
      archived_by: grace,
      archived_at: "2029-01-11T09:31:02Z",
    },
  },
  {
    name: "assignments.unarchived",
    title: "Assignment unarchived",
    description: "An assignment was brought back from the archive.",
    system,
    sample: {
      id: ASSIGNMENT,
      reference: assignment.reference,
      status: "completed",
      unarchived_by: tomas,
      unarchived_at: "2029-01-12T15:08:49Z",
    },
  },
  {
    name: "assignments.extensions.created",
    title: "Assignment extended",
    description: "An assignment was extended beyond its end date.",
    system,
    sample: {
      id: "ext_01NC5GA7C0MNBT7Z3YB3VXMZEG",
      assignment_id: ASSIGNMENT,
      previous_end_date: "2028-05-31",
      new_end_date: "2028-11-30",
      reason: "The plant in Lisbon opens six months later than planned.",
      approved_by: grace,
      created_at: "2028-02-14T10:12:00Z",
    },
  },
  {
    name: "assignments.contacts.created",
    title: "Assignment contact created",
    description: "A contact was added to an assignment.",
    system,
    sample: { ...contact, created_at: "2026-04-27T07:30:00Z" },
  },
  {
    name: "assignments.contacts.updated",
    title: "Assignment contact updated",
    description: "Fields of an assignment's contact changed.",
    system,
    sample: {
      ...contact,
      phone: "+14165550167",
      updated_at: "2026-05-19T18:02:14Z",
      changes: { phone: change("+14165550122", "+14165550167") },
    },
  },
  {
    name: "assignments.contacts.deleted",
    title: "Assignment contact deleted",
    description: "A contact was removed from an assignment.",
    system,
    sample: { id: CONTACT, assignment_id: ASSIGNMENT, deleted_by: grace, deleted_at: "2026-06-02T09:45:30Z" },
  },
  {
    name: "assignments.billing-details.created",
    title: "Assignment billing details created",
    description: "Billing details were added to an assignment.",
    system,
    sample: { ...billingDetails, created_at: "2026-04-28T12:00:00Z" },
  },
  {
    name: "assignments.billing-details.updated",
    title: "Assignment billing details updated",
    description: "Fields of an assignment's billing details changed.",
    system,
    sample: {
      ...billingDetails,
      cost_center: "CC-4475",
      updated_at: "2026-05-12T08:57:41Z",
      changes: { cost_center: change("CC-4410", "CC-4475") },
    },
  },
  {
    name: "assignments.billing-details.deleted",
    title: "Assignment billing details deleted",
    description: "Billing details were removed from an assignment.",
    system,
    sample: {
      id: BILLING_DETAILS,
      assignment_id: ASSIGNMENT,
      deleted_by: tomas,
      deleted_at: "2026-06-20T16:33:18Z",
    },
  },
];
