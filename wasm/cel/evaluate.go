package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"sync"

	admissionv1 "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apiserver/pkg/admission"
	"k8s.io/apiserver/pkg/admission/plugin/webhook/predicates/rules"
)

// evaluation is the answer to one request.
type evaluation struct {
	OK       bool           `json:"ok"`
	Policies []policyReport `json:"policies"`
	// Decisions are all but plain admissions.
	Decisions []decision `json:"decisions"`
	// Admitted counts pairs of object and policy that matched and passed.
	Admitted int `json:"admitted"`
}

type policyReport struct {
	Name          string   `json:"name"`
	FailurePolicy string   `json:"failurePolicy"`
	Actions       []string `json:"actions"`
	Problem       *problem `json:"problem"`
}

// decision is what one policy says about one object.
type decision struct {
	// Object and Policy are indexes into the request's objects and the answer's policies.
	Object int `json:"object"`
	Policy int `json:"policy"`
	// Outcome is denied, error or undecided.
	Outcome string   `json:"outcome"`
	Message string   `json:"message"`
	Reason  string   `json:"reason,omitempty"`
	Actions []string `json:"actions"`
	// Validation is the index of the validation that denied or failed, or -1.
	Validation int `json:"validation"`
}

func evaluate(req *request) (*evaluation, error) {
	policies, err := readPolicies(req.texts["policies"])
	if err != nil {
		return nil, fmt.Errorf("the policies cannot be read: %w", err)
	}
	var entries []entry
	if err := json.Unmarshal(req.texts["objects"], &entries); err != nil {
		return nil, fmt.Errorf("the objects cannot be read: %w", err)
	}
	namespaces, err := readNamespaces(req.texts["namespaces"])
	if err != nil {
		return nil, fmt.Errorf("the namespaces cannot be read: %w", err)
	}
	run := &evaluator{policies: policies, matcher: matcher{namespaces}, user: req.User}
	run.result = evaluation{OK: true, Policies: []policyReport{}, Decisions: []decision{}}
	for _, policy := range policies {
		run.result.Policies = append(run.result.Policies, reportOn(policy))
	}
	for index := range entries {
		run.evaluateObject(index, &entries[index])
	}
	return &run.result, nil
}

func reportOn(policy *boundPolicy) policyReport {
	failurePolicy := string(admissionv1.Fail)
	if policy.policy.Spec.FailurePolicy != nil {
		failurePolicy = string(*policy.policy.Spec.FailurePolicy)
	}
	report := policyReport{Name: policy.policy.Name, FailurePolicy: failurePolicy, Problem: policy.problem}
	if len(policy.bindings) == 0 {
		report.Actions = []string{string(admissionv1.Deny)}
	}
	for _, binding := range policy.bindings {
		report.Actions = append(report.Actions, actionsOf(binding)...)
	}
	return report
}

func actionsOf(binding *admissionv1.ValidatingAdmissionPolicyBinding) []string {
	actions := []string{}
	for _, action := range binding.Spec.ValidationActions {
		actions = append(actions, string(action))
	}
	return actions
}

type evaluator struct {
	policies []*boundPolicy
	matcher  matcher
	user     *userFacts
	result   evaluation
}

func (e *evaluator) evaluateObject(index int, written *entry) {
	bare := written.record(nil, nil, nil)
	if rules.IsExemptAdmissionConfigurationResource(bare) {
		return
	}
	// Reading an object costs as much as deciding about it, and most kinds have no policy.
	read := sync.OnceValues(func() (*admission.VersionedAttributes, error) { return written.attributes(e.user) })
	for number, policy := range e.policies {
		if policy.problem == nil && mentions(bare, policy.policy.Spec.MatchConstraints) {
			e.evaluatePair(index, number, read)
		}
	}
}

func (e *evaluator) evaluatePair(index, number int, read func() (*admission.VersionedAttributes, error)) {
	attr, err := read()
	if err != nil {
		e.tell(index, number, outcomeOf(undecided{err.Error()}))
		return
	}
	actions, err := e.actionsFor(e.policies[number], attr)
	if err != nil {
		e.tell(index, number, outcomeOf(err))
		return
	}
	if actions != nil {
		e.decide(index, number, attr, actions)
	}
}

// actionsFor gives what the matching bindings want done, or nil when the policy is not about this write.
func (e *evaluator) actionsFor(policy *boundPolicy, attr admission.Attributes) ([]string, error) {
	matched, err := e.matcher.matches(attr, policy.policy.Spec.MatchConstraints)
	if !matched || err != nil {
		return nil, err
	}
	if len(policy.bindings) == 0 {
		return []string{string(admissionv1.Deny)}, nil
	}
	var actions []string
	for _, binding := range policy.bindings {
		matched, err := e.matcher.matches(attr, binding.Spec.MatchResources)
		if err != nil {
			return nil, err
		}
		if matched {
			actions = append(actions, actionsOf(binding)...)
		}
	}
	return actions, nil
}

func (e *evaluator) decide(index, number int, attr *admission.VersionedAttributes, actions []string) {
	policy := e.policies[number]
	namespace, err := e.namespaceFor(policy, attr)
	if err == nil && policy.readsUser && e.user == nil {
		err = undecided{"it asks who sends the object (request.userInfo), which is not known"}
	}
	if err != nil {
		told := outcomeOf(err)
		told.Actions = actions
		e.tell(index, number, told)
		return
	}
	outcomes := policy.decide(attr, namespace)
	for _, told := range outcomes {
		told.Actions = actions
		e.tell(index, number, told)
	}
	if len(outcomes) == 0 {
		e.result.Admitted++
	}
}

func (e *evaluator) namespaceFor(policy *boundPolicy, attr admission.Attributes) (*corev1.Namespace, error) {
	if attr.GetNamespace() == "" || attr.GetResource() == namespaceResource {
		return nil, nil
	}
	known, found := e.matcher.namespaces[attr.GetNamespace()]
	if !found && policy.readsNamespace {
		return nil, undecided{fmt.Sprintf("it asks for namespaceObject, and namespace %s is not known", attr.GetNamespace())}
	}
	return known, nil
}

func (e *evaluator) tell(index, number int, told decision) {
	told.Object, told.Policy = index, number
	if told.Actions == nil {
		told.Actions = e.result.Policies[number].Actions
	}
	e.result.Decisions = append(e.result.Decisions, told)
}

// outcomeOf words a fault before any validation ran.
func outcomeOf(err error) decision {
	outcome := "error"
	if errors.As(err, &undecided{}) {
		outcome = "undecided"
	}
	return decision{Outcome: outcome, Message: err.Error(), Validation: -1}
}
