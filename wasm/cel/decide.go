package main

import (
	"context"
	"errors"
	"strings"

	celtypes "github.com/google/cel-go/common/types"
	admissionv1 "k8s.io/api/admission/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	utilerrors "k8s.io/apimachinery/pkg/util/errors"
	"k8s.io/apiserver/pkg/admission"
	"k8s.io/apiserver/pkg/admission/plugin/cel"
	celconfig "k8s.io/apiserver/pkg/apis/cel"
	apiservercel "k8s.io/apiserver/pkg/cel"
)

// decide runs the match conditions and then all validations, with the server's budgets. No decision means admission.
func (p *compiledPolicy) decide(attr *admission.VersionedAttributes, namespace *corev1.Namespace) []decision {
	var asked *admissionv1.AdmissionRequest
	if p.readsRequest {
		asked = cel.CreateAdmissionRequest(attr.Attributes, metav1.GroupVersionResource(attr.GetResource()), metav1.GroupVersionKind(attr.VersionedKind))
	}
	if len(p.policy.Spec.MatchConditions) > 0 {
		applies, err := p.conditionsHold(attr, asked)
		if err != nil {
			return []decision{outcomeOf(err)}
		}
		if !applies {
			return nil
		}
	}
	shown := cel.CreateNamespaceObject(namespace)
	results, budget, err := p.validations.ForInput(
		context.Background(), attr, asked, cel.OptionalVariableBindings{}, shown, celconfig.RuntimeCELCostBudget)
	if err != nil {
		return []decision{outcomeOf(err)}
	}
	if p.messagesAreFree(budget) && allHold(results) {
		return nil
	}
	messages, _, messageErr := p.messages.ForInput(
		context.Background(), attr, asked, cel.OptionalVariableBindings{}, shown, budget)
	var decisions []decision
	for index, result := range results {
		var message cel.EvaluationResult
		if index < len(messages) {
			message = messages[index]
		}
		if told := p.judge(index, result, message, messageErr); told != nil {
			decisions = append(decisions, *told)
		}
	}
	return decisions
}

// messagesAreFree says that evaluating the messages cannot use up the budget, which would be an error even where all
// validations hold: each expression and each variable may cost no more than the limit of one call.
func (p *compiledPolicy) messagesAreFree(budget int64) bool {
	expressions := len(p.policy.Spec.Validations) + len(p.policy.Spec.Variables)
	return int64(expressions+1)*celconfig.PerCallLimit <= budget
}

func allHold(results []cel.EvaluationResult) bool {
	for _, result := range results {
		if result.Error != nil || result.EvalResult != celtypes.True {
			return false
		}
	}
	return true
}

// conditionsHold says whether the validations are asked at all: one false condition wins over errors of others.
func (p *compiledPolicy) conditionsHold(attr *admission.VersionedAttributes, asked *admissionv1.AdmissionRequest) (bool, error) {
	results, _, err := p.conditions.ForInput(
		context.Background(), attr, asked, cel.OptionalVariableBindings{}, nil, celconfig.RuntimeCELCostBudgetMatchConditions)
	if err != nil {
		return false, err
	}
	var faults []error
	for _, result := range results {
		if result.Error != nil {
			faults = append(faults, result.Error)
		}
		if result.EvalResult == celtypes.False {
			return false, nil
		}
	}
	return len(faults) == 0, asError(faults)
}

// asError words several faults as the server does.
func asError(faults []error) error {
	if len(faults) == 0 {
		return nil
	}
	return utilerrors.NewAggregate(faults)
}

func (p *compiledPolicy) judge(index int, result, message cel.EvaluationResult, messageErr error) *decision {
	if result.Error != nil {
		return &decision{Outcome: "error", Message: result.Error.Error(), Validation: index}
	}
	if errors.Is(messageErr, apiservercel.ErrInternal) || errors.Is(messageErr, apiservercel.ErrOutOfBudget) {
		return &decision{Outcome: "error", Message: "failed messageExpression: " + messageErr.Error(), Validation: index}
	}
	if result.EvalResult == celtypes.True {
		return nil
	}
	reason := metav1.StatusReasonInvalid
	if given := p.policy.Spec.Validations[index].Reason; given != nil {
		reason = *given
	}
	return &decision{Outcome: "denied", Message: p.message(index, message), Reason: string(reason), Validation: index}
}

// message is the evaluated one, else the written one, else the expression; as the server chooses.
func (p *compiledPolicy) message(index int, evaluated cel.EvaluationResult) string {
	validation := p.policy.Spec.Validations[index]
	if evaluated.Error == nil && evaluated.EvalResult != nil {
		if text, ok := evaluated.EvalResult.Value().(string); ok {
			text = strings.TrimSpace(text)
			if text != "" && len(text) <= celconfig.MaxEvaluatedMessageExpressionSizeBytes && !strings.Contains(text, "\n") {
				return text
			}
		}
	}
	if written := strings.TrimSpace(validation.Message); written != "" {
		return written
	}
	return "failed expression: " + strings.TrimSpace(validation.Expression)
}
