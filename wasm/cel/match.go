package main

import (
	"fmt"

	admissionv1 "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apiserver/pkg/admission"
	"k8s.io/apiserver/pkg/admission/plugin/webhook/predicates/rules"
)

// undecided is why something cannot be said from what is known here.
type undecided struct{ reason string }

func (u undecided) Error() string { return u.reason }

// matcher says which writes a policy or a binding is about, in the order the server asks.
type matcher struct {
	namespaces map[string]*corev1.Namespace
}

func (m *matcher) matches(attr admission.Attributes, constraints *admissionv1.MatchResources) (bool, error) {
	if constraints == nil {
		return true, nil
	}
	inNamespace, namespaceErr := m.namespaceMatches(attr, constraints.NamespaceSelector)
	if !inNamespace && namespaceErr == nil {
		return false, nil
	}
	selected, err := objectMatches(attr, constraints.ObjectSelector)
	if !selected || err != nil {
		return false, err
	}
	excluded, err := rulesMatch(attr, constraints.ExcludeResourceRules, constraints.MatchPolicy)
	if excluded || err != nil {
		return false, err
	}
	matched := len(constraints.ResourceRules) == 0
	if !matched {
		matched, err = rulesMatch(attr, constraints.ResourceRules, constraints.MatchPolicy)
	}
	if !matched || err != nil {
		return false, err
	}
	// Only now it matters that the namespace is not known.
	return namespaceErr == nil, namespaceErr
}

var namespaceResource = schema.GroupVersionResource{Version: "v1", Resource: "namespaces"}

func (m *matcher) namespaceMatches(attr admission.Attributes, written *metav1.LabelSelector) (bool, error) {
	selector, err := metav1.LabelSelectorAsSelector(written)
	if err != nil {
		return false, err
	}
	if written == nil || selector.Empty() || (attr.GetNamespace() == "" && attr.GetResource() != namespaceResource) {
		return true, nil
	}
	if attr.GetResource() == namespaceResource {
		return selector.Matches(labelsOf(attr.GetObject())), nil
	}
	if known, found := m.namespaces[attr.GetNamespace()]; found {
		return selector.Matches(labels.Set(known.Labels)), nil
	}
	if requirements, _ := selector.Requirements(); onlyAsksName(requirements) {
		return selector.Matches(labels.Set{corev1.LabelMetadataName: attr.GetNamespace()}), nil
	}
	return false, undecided{fmt.Sprintf("the labels of namespace %s are not known", attr.GetNamespace())}
}

// onlyAsksName says that nothing but the label is asked which the server puts on every namespace.
func onlyAsksName(requirements labels.Requirements) bool {
	for _, requirement := range requirements {
		if requirement.Key() != corev1.LabelMetadataName {
			return false
		}
	}
	return true
}

func objectMatches(attr admission.Attributes, written *metav1.LabelSelector) (bool, error) {
	selector, err := metav1.LabelSelectorAsSelector(written)
	if err != nil {
		return false, err
	}
	if written == nil || selector.Empty() {
		return true, nil
	}
	if selector.Matches(labelsOf(attr.GetObject())) {
		return true, nil
	}
	return attr.GetOldObject() != nil && selector.Matches(labelsOf(attr.GetOldObject())), nil
}

func labelsOf(object runtime.Object) labels.Set {
	if labelled, ok := object.(metav1.Object); ok {
		return labelled.GetLabels()
	}
	return nil
}

func rulesMatch(attr admission.Attributes, list []admissionv1.NamedRuleWithOperations, policy *admissionv1.MatchPolicyType) (bool, error) {
	for _, rule := range list {
		if named(attr, rule) && ruleMatches(attr, rule.RuleWithOperations) {
			return true, nil
		}
	}
	if policy != nil && *policy == admissionv1.Exact {
		return false, nil
	}
	// The server would convert the object to the version that a rule names.
	for _, rule := range list {
		anyVersion := rule.RuleWithOperations
		anyVersion.APIVersions = []string{"*"}
		if named(attr, rule) && ruleMatches(attr, anyVersion) {
			return false, undecided{fmt.Sprintf("it is about version %s, and this object is written in %s",
				rule.APIVersions[0], attr.GetResource().Version)}
		}
	}
	return false, nil
}

// mentions says whether a policy has a rule for the kind of a write at all, in whatever version.
func mentions(attr admission.Attributes, constraints *admissionv1.MatchResources) bool {
	for _, rule := range constraints.ResourceRules {
		anyVersion := rule.RuleWithOperations
		anyVersion.APIVersions = []string{"*"}
		if ruleMatches(attr, anyVersion) {
			return true
		}
	}
	return false
}

func ruleMatches(attr admission.Attributes, rule admissionv1.RuleWithOperations) bool {
	matcher := rules.Matcher{Rule: rule, Attr: attr}
	return matcher.Matches()
}

func named(attr admission.Attributes, rule admissionv1.NamedRuleWithOperations) bool {
	if len(rule.ResourceNames) == 0 {
		return true
	}
	for _, name := range rule.ResourceNames {
		if name == attr.GetName() {
			return true
		}
	}
	return false
}
