// Registers a member, submits an application and prints where it stands, and every reason when it is not eligible.
//
// The first day of the stay (YYYY-MM-DD) may be given; without it, it is half a year from today. README.md has the
// commands that install what is required here and run this.
//
// The caller is named by metadata, which a service accepts on a loopback address alone; elsewhere send
// "authorization: Bearer <token>" over TLS instead.
'use strict';
const { randomUUID } = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');
const grpc = require('@grpc/grpc-js');
const loader = require('@grpc/proto-loader');
const protobuf = require('protobufjs');

const protos = path.join(__dirname, '..', '..', 'protos');
const definition = loader.loadSync('amikeco/applicant/v1/applicant.proto', {
  includeDirs: [protos],
  keepCase: true,
  enums: String,
  longs: String,
  defaults: true,
});
const { ApplicantService } = grpc.loadPackageDefinition(definition).amikeco.applicant.v1;
// Retries, deadlines and load balancing, the same for every language; docs/partner-guide.md explains them.
const serviceConfig = fs.readFileSync(path.join(__dirname, '..', 'service_config.json'), 'utf8');
const client = new ApplicantService(process.env.AMIKECO_APPLICANT, grpc.credentials.createInsecure(), {
  'grpc.service_config': serviceConfig,
});

function call(method, request, subject, organisation, role) {
  const identity = new grpc.Metadata();
  identity.set('amikeco-subject', subject);
  identity.set('amikeco-organisation', organisation);
  identity.set('amikeco-roles', role);
  return new Promise((resolve, reject) => {
    const options = { deadline: Date.now() + 10_000 };
    client[method](request, identity, options, (error, answer) => (error ? reject(error) : resolve(answer)));
  });
}

const DAY = 86_400_000;

// A day as somebody typed it: the service judges whether there is such a day.
function typedDate(text) {
  const [year, month, day] = text.split('-').map(Number);
  return { year, month, day };
}

// `days` after the day `from`, or `from` itself when it is no date.
function dateAfter(from, days) {
  const day = new Date(Date.parse(from) + days * DAY);
  return Number.isNaN(day.getTime()) ? typedDate(from) : typedDate(day.toISOString().slice(0, 10));
}

// The wrong fields or the named reason, from grpc-status-details-bin.
function details(error) {
  const root = new protobuf.Root();
  root.resolvePath = (origin, file) => path.join(protos, file);
  root.loadSync(['google/rpc/status.proto', 'google/rpc/error_details.proto'], { keepCase: true });
  const [bytes] = error.metadata?.get('grpc-status-details-bin') ?? [];
  const status = root.lookupType('google.rpc.Status').decode(bytes ?? Buffer.alloc(0));
  return status.details
    .map((any) => root.lookupType(any.type_url.split('/').pop()).decode(any.value))
    .map((detail) => JSON.stringify(detail, null, 1));
}

async function main() {
  const today = new Date().toISOString().slice(0, 10);
  const halfAYearOn = new Date(Date.now() + 180 * DAY).toISOString().slice(0, 10);
  const firstDay = process.argv[2] ?? halfAYearOn;
  const member = await call('RegisterMember', {
    section: 'sections/DE',
    membership: { membership_class: 'MEMBERSHIP_CLASS_REGULAR', since: dateAfter(today, -2000) },
    duty_status: 'DUTY_STATUS_ACTIVE',
    request_id: randomUUID(),
  }, 'people/secretary', 'sections/DE', 'ROLE_ENDORSER');

  const application = await call('SubmitApplication', {
    member: member.name,
    programme: 'programmes/ipa-exchange-inbound',
    request_id: randomUUID(), // send the same one again after a time-out: nothing happens twice
    wishes: {
      earliest_start: typedDate(firstDay),
      latest_end: dateAfter(firstDay, 40),
      stay_days: 21,
      topics: ['street-patrol', 'detectives'],
    },
    declarations: {
      acknowledgements: ['ACKNOWLEDGEMENT_FLEXIBILITY', 'ACKNOWLEDGEMENT_OWN_EXPENSE', 'ACKNOWLEDGEMENT_NOT_A_VACATION'],
      cost_categories: ['air-ticket', 'rental-car', 'hotel', 'food', 'personal-travel', 'shopping'],
      languages: [{ code: 'en', level: 'C1' }],
      employer_status: 'EMPLOYER_STATUS_PAID_LEAVE',
    },
  }, member.name, 'sections/DE', 'ROLE_OFFICER');

  console.log(application.name, application.state);
  for (const result of application.rule_results.filter((rule) => !rule.holds)) {
    console.log(`  ${result.reason}: ${result.explanation}`);
  }
}

main()
  .catch((error) => {
    console.error(`${grpc.status[error.code] ?? 'ERROR'}: ${error.details ?? error.message}`);
    details(error).forEach((detail) => console.error(detail));
    process.exitCode = 1;
  })
  .finally(() => client.close());
