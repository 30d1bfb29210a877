package main

import (
	"fmt"
	"slices"
	"sync"

	celgo "github.com/google/cel-go/cel"
	"k8s.io/apimachinery/pkg/util/version"
	"k8s.io/apiserver/pkg/admission/plugin/cel"
	celconfig "k8s.io/apiserver/pkg/apis/cel"
	apiservercel "k8s.io/apiserver/pkg/cel"
	"k8s.io/apiserver/pkg/cel/environment"
	"k8s.io/apiserver/pkg/cel/library"
)

// admissionEnvironment is the server's environment with the variables of an admission policy. The server's own compiler builds
// eight such environments for each policy, one for each mix of options; building one takes a good part of a second here, so
// it is built once, and only a policy's own variables come on top.
var admissionEnvironment = sync.OnceValue(func() *environment.EnvSet {
	request, namespace := cel.BuildRequestType(), cel.BuildNamespaceType()
	extended, err := environment.MustBaseEnvSet(environment.DefaultCompatibilityVersion()).Extend(
		environment.VersionedOptions{
			// As old as all: always there.
			IntroducedVersion: version.MajorMinor(1, 0),
			EnvOptions: []celgo.EnvOption{
				celgo.Variable(cel.ObjectVarName, celgo.DynType),
				celgo.Variable(cel.OldObjectVarName, celgo.DynType),
				celgo.Variable(cel.NamespaceVarName, namespace.CelType()),
				celgo.Variable(cel.RequestVarName, request.CelType()),
				celgo.Variable(cel.AuthorizerVarName, library.AuthorizerType),
				celgo.Variable(cel.RequestResourceAuthorizerVarName, library.ResourceCheckType),
			},
			DeclTypes: []*apiservercel.DeclType{namespace, request},
		},
		environment.StrictCostOpt,
	)
	if err != nil {
		panic(err)
	}
	return extended
})

// newCompiler compiles the expressions of one policy.
func newCompiler() (*cel.CompositedCompiler, error) {
	composed, err := cel.NewCompositedCompilerForTypeChecking(admissionEnvironment())
	if err != nil {
		return nil, err
	}
	env, err := composed.Env(environment.StoredExpressions)
	if err != nil {
		return nil, err
	}
	composed.Compiler = expressionCompiler{env}
	composed.ConditionCompiler = expressionCompiler{env}
	return composed, nil
}

type expressionCompiler struct{ env *celgo.Env }

// CompileCondition leaves a gap for a missing expression.
func (c expressionCompiler) CompileCondition(
	expressions []cel.ExpressionAccessor, options cel.OptionalVariableDeclarations, mode environment.Type,
) cel.ConditionEvaluator {
	results := make([]cel.CompilationResult, len(expressions))
	for index, expression := range expressions {
		if expression != nil {
			results[index] = c.CompileCELExpression(expression, options, mode)
		}
	}
	return cel.NewCondition(results)
}

func (c expressionCompiler) CompileCELExpression(
	expression cel.ExpressionAccessor, _ cel.OptionalVariableDeclarations, _ environment.Type,
) cel.CompilationResult {
	refuse := func(detail string, cause error) cel.CompilationResult {
		fault := &apiservercel.Error{Type: apiservercel.ErrorTypeInvalid, Detail: detail, Cause: cause}
		return cel.CompilationResult{Error: fault, ExpressionAccessor: expression}
	}
	checked, issues := c.env.Compile(expression.GetExpression())
	if issues != nil {
		return refuse("compilation failed: "+issues.String(), apiservercel.NewCompilationError(issues))
	}
	fits := func(wanted *celgo.Type) bool {
		return checked.OutputType().IsExactType(wanted) || celgo.AnyType.IsExactType(wanted)
	}
	if !slices.ContainsFunc(expression.ReturnTypes(), fits) {
		// Only variables may be of more than one type, and they may be of any.
		return refuse(fmt.Sprintf("must evaluate to %v but got %v", expression.ReturnTypes()[0], checked.OutputType()), nil)
	}
	program, err := c.env.Program(checked, celgo.InterruptCheckFrequency(celconfig.CheckFrequency))
	if err != nil {
		return refuse("program instantiation failed: "+err.Error(), nil)
	}
	return cel.CompilationResult{Program: program, ExpressionAccessor: expression, OutputType: checked.OutputType()}
}
