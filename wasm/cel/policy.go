package main

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	celgo "github.com/google/cel-go/cel"
	admissionv1 "k8s.io/api/admissionregistration/v1"
	"k8s.io/apiserver/pkg/admission/plugin/cel"
	"k8s.io/apiserver/pkg/cel/environment"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	kjson "sigs.k8s.io/json"
)

// boundPolicy is a policy with its bindings, ready to be evaluated unless it has a problem.
type boundPolicy struct {
	*compiledPolicy
	bindings []*admissionv1.ValidatingAdmissionPolicyBinding
}

// compiledPolicy depends on the policy's text alone.
type compiledPolicy struct {
	policy      *admissionv1.ValidatingAdmissionPolicy
	problem     *problem
	conditions  cel.ConditionEvaluator
	validations cel.ConditionEvaluator
	messages    cel.ConditionEvaluator
	// readsNamespace and readsUser say that an expression names what is not always known here; readsRequest, that one names
	// what takes longer to make than most policies take to decide.
	readsNamespace, readsUser, readsRequest bool
}

// problem is why a policy decides nothing at all: kind "unsupported" or "error".
type problem struct {
	Kind    string `json:"kind"`
	Message string `json:"message"`
}

// readPolicies sorts a list of policies and bindings.
func readPolicies(text []byte) ([]*boundPolicy, error) {
	var objects []json.RawMessage
	if err := json.Unmarshal(text, &objects); err != nil {
		return nil, err
	}
	var policies []*boundPolicy
	bindings := map[string][]*admissionv1.ValidatingAdmissionPolicyBinding{}
	for _, object := range objects {
		var kind metav1.TypeMeta
		if err := json.Unmarshal(object, &kind); err != nil {
			return nil, err
		}
		switch kind.Kind {
		case "ValidatingAdmissionPolicy":
			policies = append(policies, &boundPolicy{compiledPolicy: compiled(object)})
		case "ValidatingAdmissionPolicyBinding":
			binding := &admissionv1.ValidatingAdmissionPolicyBinding{}
			if err := kjson.UnmarshalCaseSensitivePreserveInts(object, binding); err != nil {
				return nil, err
			}
			servedTypes().Default(binding)
			bindings[binding.Spec.PolicyName] = append(bindings[binding.Spec.PolicyName], binding)
		default:
			return nil, fmt.Errorf("%q is not a kind of policy", kind.Kind)
		}
	}
	for _, one := range policies {
		one.bindings = bindings[one.policy.Name]
	}
	return policies, nil
}

// compiledBefore keeps policies between calls, by their text.
var compiledBefore = map[string]*compiledPolicy{}

const maxCompiled = 512

func compiled(text json.RawMessage) *compiledPolicy {
	if known, found := compiledBefore[string(text)]; found {
		return known
	}
	if len(compiledBefore) >= maxCompiled {
		clear(compiledBefore)
	}
	result := compile(text)
	compiledBefore[string(text)] = result
	return result
}

func compile(text json.RawMessage) *compiledPolicy {
	policy := &admissionv1.ValidatingAdmissionPolicy{}
	result := &compiledPolicy{policy: policy}
	if err := kjson.UnmarshalCaseSensitivePreserveInts(text, policy); err != nil {
		result.problem = &problem{"error", err.Error()}
		return result
	}
	servedTypes().Default(policy)
	if policy.Spec.ParamKind != nil {
		result.problem = &problem{"unsupported", "it takes parameters (paramKind)"}
		return result
	}
	if policy.Spec.MatchConstraints == nil || len(policy.Spec.MatchConstraints.ResourceRules) == 0 {
		result.problem = &problem{"error", "spec.matchConstraints.resourceRules is required"}
		return result
	}
	result.compileExpressions()
	return result
}

func (p *compiledPolicy) compileExpressions() {
	compiler, err := newCompiler()
	if err != nil {
		p.problem = &problem{"error", err.Error()}
		return
	}
	spec := p.policy.Spec
	for index := range spec.Variables {
		variable := namedExpression{spec.Variables[index].Name, spec.Variables[index].Expression}
		result := compiler.CompileAndStoreVariable(variable, cel.OptionalVariableDeclarations{}, environment.StoredExpressions)
		if result.Error != nil {
			p.fail("spec.variables["+variable.name+"]", result.Error)
		}
		p.note(variable.text)
	}
	var conditions, validations, messages []cel.ExpressionAccessor
	for _, condition := range spec.MatchConditions {
		conditions = append(conditions, claim(condition.Expression))
		p.note(condition.Expression)
	}
	for _, validation := range spec.Validations {
		validations = append(validations, claim(validation.Expression))
		messages = append(messages, messageOf(validation))
		p.note(validation.Expression)
		p.note(validation.MessageExpression)
	}
	compileList := func(field string, list []cel.ExpressionAccessor) cel.ConditionEvaluator {
		evaluator := compiler.CompileCondition(list, cel.OptionalVariableDeclarations{}, environment.StoredExpressions)
		for _, err := range evaluator.CompilationErrors() {
			p.fail(field, err)
		}
		return evaluator
	}
	p.conditions = compileList("spec.matchConditions", conditions)
	p.validations = compileList("spec.validations", validations)
	p.messages = compileList("spec.validations.messageExpression", messages)
}

// fail keeps the first problem; compiler messages draw the expression on further lines.
func (p *compiledPolicy) fail(field string, err error) {
	if p.problem == nil {
		first, _, _ := strings.Cut(err.Error(), "\n")
		p.problem = &problem{"error", field + ": " + first}
	}
}

var (
	namespaceWord = regexp.MustCompile(`\bnamespaceObject\b`)
	requestWord   = regexp.MustCompile(`\brequest\b`)
	userWord      = regexp.MustCompile(`\buserInfo\b`)
)

func (p *compiledPolicy) note(expression string) {
	p.readsNamespace = p.readsNamespace || namespaceWord.MatchString(expression)
	p.readsRequest = p.readsRequest || requestWord.MatchString(expression)
	p.readsUser = p.readsUser || userWord.MatchString(expression)
}

// claim is an expression that is true or false.
type claim string

func (c claim) GetExpression() string    { return string(c) }
func (claim) ReturnTypes() []*celgo.Type { return []*celgo.Type{celgo.BoolType} }

// words is an expression that makes a message.
type words string

func (w words) GetExpression() string    { return string(w) }
func (words) ReturnTypes() []*celgo.Type { return []*celgo.Type{celgo.StringType} }

// messageOf is nil, not an empty accessor, when there is no message expression: the compiler leaves a gap then.
func messageOf(validation admissionv1.Validation) cel.ExpressionAccessor {
	if validation.MessageExpression == "" {
		return nil
	}
	return words(validation.MessageExpression)
}

// namedExpression is a variable.
type namedExpression struct{ name, text string }

func (n namedExpression) GetName() string       { return n.name }
func (n namedExpression) GetExpression() string { return n.text }
func (namedExpression) ReturnTypes() []*celgo.Type {
	return []*celgo.Type{celgo.AnyType, celgo.DynType}
}
